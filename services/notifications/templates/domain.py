"""A template: what one audience is sent about one kind of event, chosen and filled in."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import field_validator, model_validator

from services.notifications.templates.outdating import Outdating, spelled
from services.notifications.templates.values import (
    FEEDBACK_LINK,
    Audience,
    Fact,
    OptionalNews,
)
from shared.domain import Code, ValueObject
from shared.reference import calendar

ONE, OTHER = "text", "other"
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Template(ValueObject, extra="forbid"):
    """The texts for one audience about one kind of event.

    `by` names the event field that picks one of `texts`. A value without a text of its own gets
    `other`, so that a code of the stage is announced too; nothing is sent for a value in `silent`,
    or when there is no `other`. `only` are field values the event must have, `unless` some that it
    must not. An absent value is called `none`, a list `none` or `some`. `reference` names the field
    with the id that the message is about, or several (`case_id|request_id`), of which the first
    that is there counts. `expires` names the field with the moment after which the message is worth
    nothing and is not sent.

    A text for the staff asks for work of a `kind`, due at the moment or day in the field `due`, or
    `within_days`, on a working day. The work is there `since` the moment in that field, where the
    event says one: what ended it may have come between that and the event. It is urgent when
    `urgent` says so, or the event has all values of `urgent_when`: then it is due the same day.
    `district`, `org` and `account` are the fields that say whose work it is; `office` of a message
    to a person is the district whose office mends what makes it undeliverable.
    Of a message to a person `outdated_by` are the events, by the field with their subject, after
    which it is untrue and not sent; one that `corrects` others of a subject goes only after these.
    `form` is the questionnaire to which the `feedback_link` in its texts leads, `opens` the field
    with a form that the person has already. The message goes out `after_days`, in the morning.
    A person may do without `optional` news of this kind; `small` news may wait a bit for more. What
    `acknowledges` an act of the reader comes at once, and is not written by a second channel when
    nothing is heard of the first; what is said `only_there` also not when the first refuses it.
    `wording_id` says which edited words these are; those of the release have none.
    """

    event_type: str
    audience: Audience
    reference: str
    subject: str
    text: str | None = None
    by: str | None = None
    texts: Mapping[str, str] = {}
    silent: tuple[str, ...] = ()
    only: Mapping[str, str] = {}
    unless: Mapping[str, tuple[str, ...]] = {}
    facts: Mapping[str, Fact] = {}
    lines: tuple[str, ...] = ()
    urgent: bool = False
    urgent_when: Mapping[str, str] = {}
    expires: str | None = None
    outdated_by: tuple[Outdating, ...] = ()
    corrects: Mapping[str, tuple[str, ...]] = {}
    kind: Code | None = None
    due: str | None = None
    since: str | None = None
    within_days: int | None = None
    district: str = "district_id"
    org: str = "org"
    account: str = "taken_by"
    office: str | None = None
    form: Code | None = None
    opens: str | None = None
    after_days: int = 0
    optional: OptionalNews | None = None
    small: bool = False
    acknowledges: bool = False
    only_there: bool = False
    wording_id: str | None = None

    @field_validator("outdated_by", mode="before")
    @classmethod
    def _reads_outdating(cls, value: Any) -> Any:
        return Outdating.all_of(value) if isinstance(value, Mapping) else value

    @model_validator(mode="after")
    def _has_one_kind_of_text(self) -> Self:
        if (self.text is None) != bool(self.texts) or bool(self.by) != bool(self.texts):
            raise ValueError(f"{self.name}: either text, or by and texts")
        return self

    @model_validator(mode="after")
    def _asks_the_staff_for_work(self) -> Self:
        said = (self.kind is not None, (self.due is None) != (self.within_days is None))
        if said != (self.audience.role is not None,) * 2:
            raise ValueError(f"{self.name}: kind, and due or within_days, are for the staff alone")
        return self

    @model_validator(mode="after")
    def _leads_to_a_form(self) -> Self:
        has_link = any(FEEDBACK_LINK in text for text in self.wordings.values())
        if has_link != bool(self.form or self.opens) or (self.form and self.opens):
            raise ValueError(f"{self.name}: a feedback_link leads to a form, and a form has a link")
        return self

    @property
    def name(self) -> str:
        """The name by which owners and reports know this template: `request_received_family`."""
        event = self.event_type.partition(".")[2]
        return f"{_CAPITAL.sub('_', event).lower()}_{self.audience}"

    @property
    def wordings(self) -> Mapping[str, str]:
        """The texts by variant; a template with one text has the variant `text`."""
        return self.texts or {ONE: self.text or ""}

    def with_words(self, subject: str, texts: Mapping[str, str], wording_id: str) -> Self:
        """Return the template with other words for the same variants."""
        changed = {"text": texts.get(ONE)} if self.by is None else {"texts": dict(texts)}
        return self._with(subject=subject, wording_id=wording_id, **changed)

    def variant(self, event: Mapping[str, Any]) -> str | None:
        """Return which of the texts fits the event; None when nothing is sent."""
        if not _has(event, self.only) or self._excludes(event) or not self._has_place(event):
            return None
        if self.by is None:
            return ONE
        chosen = spelled(event.get(self.by))
        if chosen in self.texts:
            return chosen
        return OTHER if OTHER in self.texts and chosen not in self.silent else None

    def is_urgent(self, event: Mapping[str, Any]) -> bool:
        """Return whether it cannot wait until the morning."""
        return self.urgent or (bool(self.urgent_when) and _has(event, self.urgent_when))

    def begins(self, event: Mapping[str, Any], happened: datetime) -> datetime:
        """Return since when there is the work that an event of that moment asks for."""
        said = event.get(self.since) if self.since else None
        return min(datetime.fromisoformat(said), happened) if said else happened

    def due_at(
        self,
        event: Mapping[str, Any],
        now: datetime,
        zone: ZoneInfo,
        working_day: Callable[[date], date],
    ) -> datetime:
        """Return when the work is due: a moment, or the end of a day of the region.

        A day that the template reckons is a `working_day`; one that the event names stays.
        """
        said = event[self.due] if self.due else None
        if said and "T" in said:
            return datetime.fromisoformat(said)
        if said:
            return calendar.end_of_day(zone, date.fromisoformat(said))
        at_once = self.urgent_when and self.is_urgent(event)
        waits = timedelta(days=0 if at_once else self.within_days or 0)
        return calendar.end_of_day(zone, working_day(calendar.local_date(zone, now) + waits))

    def district_of(self, event: Mapping[str, Any]) -> str | None:
        """Return the district that the event is about; of several the first, whose leader does it.

        Who leads the whole region sees it, too.
        """
        said = event.get(self.district)
        return said if isinstance(said, str | None) else next(iter(said), None)

    def org_of(self, event: Mapping[str, Any]) -> str | None:
        """Return the organisation whose people are asked."""
        return event.get(self.org)

    def account_of(self, event: Mapping[str, Any]) -> str | None:
        """Return the one colleague who is asked, where an event names the account."""
        return event.get(self.account) if self.audience is Audience.COLLEAGUE else None

    def _excludes(self, event: Mapping[str, Any]) -> bool:
        return any(spelled(event.get(field)) in values for field, values in self.unless.items())

    def _has_place(self, event: Mapping[str, Any]) -> bool:
        """Whether it is known whose work it is, where a whole region has no such role."""
        match self.audience:
            case Audience.OFFICE:
                return self.district_of(event) is not None
            case Audience.CASE_MANAGER:
                return self.org_of(event) is not None
            case Audience.COLLEAGUE:
                return self.account_of(event) is not None
        return True

    def reference_of(self, event: Mapping[str, Any]) -> str:
        """Return the id that the message is about."""
        found = (event.get(field) for field in self.reference_fields)
        return next(str(value) for value in found if value is not None)

    @property
    def reference_fields(self) -> tuple[str, ...]:
        """The fields with the id that the message is about, the preferred one first."""
        return tuple(self.reference.split("|"))

    def facts_of(self, event: Mapping[str, Any]) -> dict[str, str]:
        """Return the event's values of the declared facts, unformatted."""
        found = {name: event.get(fact.field) for name, fact in self.facts.items()}
        return {name: str(value) for name, value in found.items() if value is not None}

    @property
    def subject_fields(self) -> frozenset[str]:
        """The fields with the subjects of which it is noted that its news is untrue."""
        return frozenset({*self.corrects, *(each.about for each in self.outdated_by)})

    def topics_of(self, event: Mapping[str, Any]) -> dict[str, str]:
        """Return the event's values by which later events say that its news is untrue."""
        named = {*self.subject_fields, *(each.same for each in self.outdated_by if each.same)}
        found = {name: event.get(name) for name in sorted(named)}
        return {name: str(value) for name, value in found.items() if value is not None}


def _has(event: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    return all(spelled(event.get(field)) == value for field, value in wanted.items())
