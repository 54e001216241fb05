"""A template: what one audience is sent about one kind of event, chosen and filled in."""

import re
from collections.abc import Mapping
from string import Template as Text
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from services.notifications.templates.values import (
    FEEDBACK_LINK,
    FIRST_NAME,
    Audience,
    Fact,
    Phrases,
    RenderedText,
)
from shared.domain import ValueObject

OTHER = "other"
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Template(ValueObject, extra="forbid"):
    """The texts for one audience about one kind of event.

    `by` names the event field that picks one of `texts`. A value without a text of its own gets
    `other`, so that a code of the stage is announced too; nothing is sent for a value in `silent`,
    or when there is no `other`. `only` are field values the event must have. An absent value is
    called `none`, a list `none` or `some`. `reference` names the field with the id that the message
    is about, or several (`case_id|request_id`), of which the first that is there counts. `expires`
    names the field with the moment after which the message is worth nothing and is not sent.
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
    facts: Mapping[str, Fact] = {}
    lines: tuple[str, ...] = ()
    urgent: bool = False
    expires: str | None = None

    @model_validator(mode="after")
    def _has_one_kind_of_text(self) -> Self:
        if (self.text is None) != bool(self.texts) or bool(self.by) != bool(self.texts):
            raise ValueError(f"{self.name}: either text, or by and texts")
        return self

    @property
    def name(self) -> str:
        """The name by which owners and reports know this template: `request_received_family`."""
        event = self.event_type.partition(".")[2]
        return f"{_CAPITAL.sub('_', event).lower()}_{self.audience}"

    @property
    def variables(self) -> frozenset[str]:
        """What the owner of the contact must give: all that is no fact, and the first name."""
        greeted = {FIRST_NAME} if self.audience.owner else set()
        return frozenset(self._named | greeted) - {FEEDBACK_LINK, *self.facts}

    @property
    def feedback(self) -> bool:
        """Whether the message leads to a feedback form."""
        return FEEDBACK_LINK in self._named

    @property
    def _named(self) -> set[str]:
        texts = [self.text] if self.text else self.texts.values()
        return {name for text in texts for name in Text(text).get_identifiers()}

    def variant(self, event: Mapping[str, Any]) -> str | None:
        """Return which of the texts fits the event; None when nothing is sent."""
        if any(_spelled(event.get(field)) != wanted for field, wanted in self.only.items()):
            return None
        if self.by is None:
            return "text"
        chosen = _spelled(event.get(self.by))
        if chosen in self.texts:
            return chosen
        return OTHER if OTHER in self.texts and chosen not in self.silent else None

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

    def render(
        self,
        variant: str,
        phrases: Phrases,
        *,
        zone: ZoneInfo,
        facts: Mapping[str, str],
        districts: Mapping[str, str],
        variables: Mapping[str, str],
        links: Mapping[str, str],
    ) -> RenderedText:
        """Fill in a variant; `links` are the links and phones that the region's messages end with.

        A value that the text names and that is missing raises KeyError: no text has a hole.
        """
        values = dict(variables) | {
            name: phrases.format_fact(fact.kind, facts.get(name), zone, districts)
            for name, fact in self.facts.items()
        }
        wording = (self.text or "") if self.by is None else self.texts[variant]
        body = Text(wording.strip()).substitute(values)
        greeting = [phrases.greet(variables.get(FIRST_NAME))] if self.audience.owner else []
        footer = [
            Text(phrases.lines[code]).substitute(value=links[code])
            for code in self.lines
            if links.get(code)
        ]
        return RenderedText(subject=self.subject, text="\n".join([*greeting, body, *footer]))

    def render_phone_task(self, phrases: Phrases) -> RenderedText:
        """Ask the staff to call a person who has only a telephone with this message."""
        text = Text(phrases.phone_task["text"].strip()).substitute(subject=self.subject)
        return RenderedText(subject=phrases.phone_task["subject"], text=text)


def _spelled(value: Any) -> str:
    """Return a field's value as templates spell it; of a list, whether it has any item."""
    if isinstance(value, list):
        return "some" if value else "none"
    return str(value).lower() if isinstance(value, bool | int | None) else str(value)
