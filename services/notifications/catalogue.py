"""What is said to whom about which event: the templates, chosen and filled in.

A template is one table `[Event.audience]` of `templates/<publishing service>.toml`. The event gives
the `facts` that it declares; all else that its texts name, the owner of the contact gives.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Template as Text
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.domain import CodeEnum
from shared.events.base import Event

HERE = Path(__file__).parent
FEEDBACK_LINK = "feedback_link"
FIRST_NAME = "first_name"
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Audience(CodeEnum, of="message_audience"):
    """Who is spoken to."""

    FAMILY = "family"
    GUARDIAN = "guardian"
    HOLDER = "holder"
    HQ = "hq"
    FEDERAL_HQ = "federal_hq"
    LEADER = "leader"
    OPERATIONS = "operations"

    @property
    def owner(self) -> str | None:
        """The service that keeps this audience's contacts; staff has none, it has an inbox."""
        return _OWNERS.get(self)

    @property
    def role(self) -> str | None:
        """The staff role whose inbox this is."""
        return _ROLES.get(self)

    @property
    def reader(self) -> str:
        """The role of whoever reads it, in the words of the whole system."""
        return _ROLES.get(self) or _PEOPLE[self]


_OWNERS = {Audience.FAMILY: "intake", Audience.GUARDIAN: "matching", Audience.HOLDER: "cards"}
_PEOPLE = {
    Audience.FAMILY: "family",
    Audience.GUARDIAN: "guardian_rep",
    Audience.HOLDER: "foster_parent",
}
_ROLES = {
    Audience.HQ: "regional_hq",
    Audience.FEDERAL_HQ: "federal_hq",
    Audience.LEADER: "community_leader",
    Audience.OPERATIONS: "operations",
}


# How a field of an event is read aloud.
FactKind = Literal["moment", "day", "district"]


class Fact(BaseModel):
    """A field of the event that the text may name."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    kind: FactKind
    field: str

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if isinstance(value, str):
            kind, _, field = value.partition(" ")
            return {"kind": kind, "field": field}
        return value


class Template(BaseModel):
    """What one audience is told about one kind of event.

    `by` names the event field that picks one of `texts`; a value that is not there, with no
    `other`, means that nothing is said. `only` are field values the event must have. An absent
    value is called `none`, a list `none` or `some`.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    event_type: str
    audience: Audience
    reference: str
    subject: str
    text: str | None = None
    by: str | None = None
    texts: Mapping[str, str] = {}
    only: Mapping[str, str] = {}
    facts: Mapping[str, Fact] = {}
    lines: tuple[str, ...] = ()
    urgent: bool = False

    @model_validator(mode="after")
    def _one_way_to_speak(self) -> Self:
        if (self.text is None) != bool(self.texts) or bool(self.by) != bool(self.texts):
            raise ValueError(f"{self.name}: either text, or by and texts")
        return self

    @property
    def name(self) -> str:
        """What owners and reports call this template, e.g. `request_received_family`."""
        event = self.event_type.partition(".")[2]
        return f"{_CAPITAL.sub('_', event).lower()}_{self.audience}"

    def variant(self, event: Mapping[str, Any]) -> str | None:
        """Which of the texts fits the event; None when nothing is said."""
        if any(_word(event.get(field)) != wanted for field, wanted in self.only.items()):
            return None
        if self.by is None:
            return "text"
        chosen = _word(event.get(self.by))
        return chosen if chosen in self.texts else ("other" if "other" in self.texts else None)

    def wording(self, variant: str) -> str:
        """The text of a variant, still with its placeholders."""
        return (self.text or "") if self.by is None else self.texts[variant]

    def facts_of(self, event: Mapping[str, Any]) -> dict[str, str]:
        """The event's values for the declared facts, as they travelled."""
        found = {name: event.get(fact.field) for name, fact in self.facts.items()}
        return {name: str(value) for name, value in found.items() if value is not None}

    @property
    def variables(self) -> frozenset[str]:
        """Return what the owner of the contact must give: all that is no fact, and the greeting."""
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


class Words(BaseModel):
    """Small words from which messages are put together."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    months: tuple[str, ...] = Field(min_length=12, max_length=12)
    moment: str
    day: str
    greeting: str
    greeting_named: str
    unknown_district: str
    lines: Mapping[str, str]
    phone_task: Mapping[str, str]
    feedback: Mapping[str, Any]


class Rendered(BaseModel):
    """A message as a person reads it; it exists only between owner and gateway."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    subject: str
    text: str


class Catalogue:
    """All templates and words."""

    def __init__(self, templates: tuple[Template, ...], words: Words) -> None:
        self.words = words
        self.by_name = {template.name: template for template in templates}
        self.by_event: dict[str, list[Template]] = {}
        for template in templates:
            self.by_event.setdefault(template.event_type, []).append(template)

    def render(
        self,
        template: Template,
        variant: str,
        *,
        zone: ZoneInfo,
        facts: Mapping[str, str],
        districts: Mapping[str, str],
        variables: Mapping[str, str],
        lines: Mapping[str, str],
    ) -> Rendered:
        """The words of one message; `lines` are the programme's links and phones of the region."""
        values = dict(variables) | {
            name: self._spoken(fact.kind, facts.get(name), zone, districts)
            for name, fact in template.facts.items()
        }
        body = Text(template.wording(variant).strip()).substitute(values)
        added = [
            Text(self.words.lines[line]).substitute(value=lines[line])
            for line in template.lines
            if lines.get(line)
        ]
        greeting = self._greeting(template, variables)
        return Rendered(subject=template.subject, text="\n".join([*greeting, body, *added]))

    def phone_task(self, template: Template) -> Rendered:
        """What the staff is asked when the person has only a telephone."""
        words = self.words.phone_task
        text = Text(words["text"].strip()).substitute(subject=template.subject)
        return Rendered(subject=words["subject"], text=text)

    def _greeting(self, template: Template, variables: Mapping[str, str]) -> list[str]:
        if template.audience.owner is None:
            return []
        name = variables.get(FIRST_NAME)
        if not name:
            return [self.words.greeting]
        return [Text(self.words.greeting_named).substitute(first_name=name)]

    def _spoken(
        self, kind: FactKind, value: str | None, zone: ZoneInfo, districts: Mapping[str, str]
    ) -> str:
        if kind == "district":
            return districts.get(value or "", self.words.unknown_district)
        if value is None:
            return ""
        if kind == "day":
            return self._day(date.fromisoformat(value))
        local = datetime.fromisoformat(value).astimezone(zone)
        return Text(self.words.moment).substitute(
            day=self._day(local.date()), time=f"{local:%H:%M}"
        )

    def _day(self, day: date) -> str:
        return Text(self.words.day).substitute(day=day.day, month=self.words.months[day.month - 1])


def announced_events() -> Iterator[type[Event]]:
    """Yield the events that a template speaks of: the headings of the files."""
    for service, events in _documents().items():
        module = import_module(f"shared.events.{service}")
        yield from (getattr(module, event) for event in events)


@cache
def catalogue() -> Catalogue:
    """The catalogue as deployed, read once per container."""
    templates = tuple(
        Template(event_type=f"{service}.{event}", audience=audience, **entry)
        for service, events in _documents().items()
        for event, audiences in events.items()
        for audience, entry in audiences.items()
    )
    return Catalogue(templates, Words.model_validate(_toml(HERE / "words.toml")))


@cache
def _documents() -> dict[str, dict[str, Any]]:
    """Return the files of templates as they are written, by publishing service."""
    return {path.stem: _toml(path) for path in sorted((HERE / "templates").glob("*.toml"))}


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _word(value: Any) -> str:
    """A field's value as the catalogue spells it; of a list, whether anything is in it."""
    if isinstance(value, list):
        return "some" if value else "none"
    return str(value).lower() if isinstance(value, bool | int | None) else str(value)
