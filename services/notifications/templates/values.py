"""Closed lists and values of templates: audiences, facts of events and common phrases."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic import model_validator

from services.notifications.templates.days import DayPhrases
from shared.domain import CodeEnum, ValueObject

FEEDBACK_LINK = "feedback_link"
FIRST_NAME = "first_name"


class Audience(CodeEnum, of="message_audience"):
    """Who a message is for."""

    FAMILY = "family"
    GUARDIAN = "guardian"
    VOLUNTEER = "volunteer"
    HOLDER = "holder"
    HQ = "hq"
    REGION_LEAD = "region_lead"
    FEDERAL_HQ = "federal_hq"
    LEADER = "leader"
    PARTNER = "partner"
    OPERATIONS = "operations"
    HOTLINE = "hotline"
    CASE_MANAGER = "case_manager"
    COLLEAGUE = "colleague"
    OFFICE = "office"
    VOLUNTEER_COORDINATOR = "volunteer_coordinator"

    @property
    def owner(self) -> str | None:
        """The service that keeps this audience's contacts; None for staff, which has an inbox."""
        return _OWNERS.get(self)

    @property
    def role(self) -> str | None:
        """The staff role whose inbox this is; None for people outside of the staff."""
        return _ROLES.get(self)

    @property
    def of_districts(self) -> bool:
        """Whether people of the role work in districts, each in their own."""
        return self in (Audience.LEADER, Audience.OFFICE)

    @property
    def reader(self) -> str:
        """The role of the reader, as all services name it."""
        return _ROLES.get(self) or _PEOPLE[self]

    def person_in(self, event: Mapping[str, Any]) -> str | None:
        """Return the reader of an event's message; None where the event names none."""
        said = event.get(_PERSON_FIELDS.get(self, ""))
        return str(said) if said else None


_PERSON_FIELDS = {
    Audience.FAMILY: "family_id",
    Audience.GUARDIAN: "guardian_id",
    Audience.VOLUNTEER: "volunteer_id",
    Audience.HOLDER: "holder_id",
    Audience.PARTNER: "partner_id",
}
_OWNERS = {
    Audience.FAMILY: "intake",
    Audience.GUARDIAN: "matching",
    Audience.VOLUNTEER: "matching",
    Audience.HOLDER: "cards",
    Audience.PARTNER: "cards",
}
_PEOPLE = {
    Audience.FAMILY: "family",
    Audience.GUARDIAN: "guardian_rep",
    Audience.VOLUNTEER: "volunteer",
    Audience.HOLDER: "foster_parent",
    Audience.PARTNER: "partner_manager",
}
_ROLES = {
    Audience.HQ: "regional_hq",
    Audience.REGION_LEAD: "region_lead",
    Audience.FEDERAL_HQ: "federal_hq",
    Audience.LEADER: "community_leader",
    Audience.OPERATIONS: "operations",
    Audience.HOTLINE: "hotline_operator",
    Audience.CASE_MANAGER: "case_manager",
    Audience.COLLEAGUE: "colleague",
    Audience.OFFICE: "district_office",
    Audience.VOLUNTEER_COORDINATOR: "volunteer_coordinator",
}


class OptionalNews(CodeEnum, of="optional_news"):
    """What a person may do without: neither the law nor safety nor the help itself needs it."""

    QUESTIONS = "questions"
    REMINDERS = "reminders"
    PARTNER_NEWS = "partner_news"
    STORIES = "stories"
    GIFTS = "gifts"


class FactKind(StrEnum):
    """How a field of an event is written in a text."""

    MOMENT = "moment"
    DAY = "day"
    DISTRICT = "district"
    # As the event has it: a number, the id of a colleague.
    PLAIN = "plain"


class Fact(ValueObject, extra="forbid"):
    """A field of the event that a text may name."""

    kind: FactKind
    field: str

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            kind, _, field = value.partition(" ")
            return {"kind": kind, "field": field}
        return value


class PhonePhrases(ValueObject, extra="forbid"):
    """How the staff is asked to call a person who is not reached in writing; `many`: several news.

    `link` is what a caller says where the message would have the link to a form.
    """

    subject: str
    text: str
    many: str
    link: str

    def render(self, news: Sequence[str]) -> "RenderedText":
        """Return the request for one call about all that is new, by the titles of the messages."""
        words = self.text if len(news) == 1 else self.many
        quoted = ", ".join(f"«{title}»" for title in news)
        return RenderedText(subject=self.subject, text=words.strip().format(news=quoted))


class DigestPhrases(ValueObject, extra="forbid"):
    """How several news are put into one message."""

    subject: str
    news: str

    def render(self, news: Sequence["RenderedText"], greeting: str) -> "RenderedText":
        """Return one message with all the news, each under its title."""
        items = [self.news.format(subject=_ended(each.subject), text=each.text) for each in news]
        return RenderedText(subject=self.subject, text="\n\n".join([greeting, *items]))


def _ended(sentence: str) -> str:
    """Return a title as a sentence, by its own sign or a full stop."""
    return sentence if sentence.endswith((".", "!", "?", "…")) else f"{sentence}."


class Samples(ValueObject, extra="forbid"):
    """Made-up values for previews."""

    zone: str
    long_name: str
    facts: Mapping[FactKind, str]
    values: Mapping[str, str]
    districts: Mapping[str, str]
    links: Mapping[str, str]


class PlainLanguage(ValueObject, extra="forbid"):
    """What makes a text hard to read or dear: long sentences, words of officials, a long SMS."""

    most_words: int
    most_sms_parts: int
    next_step: tuple[str, ...]
    stop: tuple[str, ...]
    familiar: tuple[str, ...]


class Phrases(ValueObject, extra="forbid"):
    """Short texts that messages, work items and the feedback form are composed of."""

    greeting: str
    greeting_named: str
    unknown_district: str
    urgent: str
    urgent_stem: str
    climbed: str
    days: DayPhrases
    lines: Mapping[str, str]
    other_languages: Mapping[str, str]
    ways_out: Mapping[str, str]
    phone_task: PhonePhrases
    digest: DigestPhrases
    samples: Samples
    plain: PlainLanguage

    def greet(self, name: str | None) -> str:
        """Return the greeting of a person, by name when it is known."""
        return self.greeting_named.format(first_name=name) if name else self.greeting

    def explain(self, text: "RenderedText", language: str) -> "RenderedText":
        """Return a text that says in the reader's own language that it is in Russian."""
        said = self.other_languages.get(language)
        return text if said is None else text.model_copy(update={"text": f"{text.text}\n{said}"})

    def urge(self, text: "RenderedText") -> "RenderedText":
        """Return a text for the staff that says first that it is urgent."""
        if text.text.startswith(self.urgent_stem):
            return text
        return RenderedText(subject=text.subject, text=f"{self.urgent} {text.text}")

    def tell_above(self, text: "RenderedText", asked: str) -> "RenderedText":
        """Return a text for those above, who see to it that others do what they were asked."""
        said = self.climbed.format(asked=asked, text=text.text)
        return RenderedText(subject=text.subject, text=said)

    def format_fact(
        self, kind: FactKind, value: str | None, now: datetime, districts: Mapping[str, str]
    ) -> str:
        """Return an event's value as a text says it at a moment, on the clocks of that moment."""
        if kind is FactKind.DISTRICT:
            return districts.get(value or "", self.unknown_district)
        if value is None or kind is FactKind.PLAIN:
            return value or ""
        if kind is FactKind.DAY:
            return self.days.day_of(date.fromisoformat(value), now)
        return self.days.moment_of(datetime.fromisoformat(value), now)


class RenderedText(ValueObject):
    """A message as a person reads it; it is never stored."""

    subject: str
    text: str
