"""The templates as deployed, `templates/<publishing service>.toml`, and `phrases.toml`.

A template is one table `[Event.audience]`. The event gives the `facts` that it declares; all else
that its texts name, the owner of the contact gives.
"""

from collections import ChainMap
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from services.notifications.templates.domain import Template
from services.notifications.templates.outdating import Outdating
from services.notifications.templates.values import Phrases
from shared.data_files import read_toml
from shared.events.base import Event, modules_of

HERE = Path(__file__).parent
PHRASES = HERE.parent / "phrases.toml"


class Templates:
    """All templates, by name, by event and by what outdates them, and the phrases they share."""

    def __init__(self, templates: Collection[Template], phrases: Phrases) -> None:
        self.phrases = phrases
        self.by_name = {template.name: template for template in templates}
        self.by_event: dict[str, list[Template]] = {}
        for template in templates:
            self.by_event.setdefault(template.event_type, []).append(template)
        self.correcting: dict[str, list[tuple[Template, str]]] = {}
        self.outdated_by: dict[str, list[tuple[Template, Outdating]]] = {}
        for template in templates:
            for about, names in template.corrects.items():
                for name in names:
                    self.correcting.setdefault(name, []).append((template, about))
            for each in template.outdated_by:
                self.outdated_by.setdefault(each.event, []).append((template, each))

    def of(self, name: str, variant: str) -> Template | None:
        """Return a template with that variant; None of what an earlier release has worded alone."""
        found = self.by_name.get(name)
        return found if found is not None and variant in found.wordings else None

    @classmethod
    def connect(cls) -> "Templates":
        """Return the templates of this release, read once per container."""
        return _read()


def announced_events() -> Iterator[type[Event]]:
    """Yield the events that have a template: the headings of the files."""
    for service, events in _documents().items():
        published = ChainMap(*map(vars, modules_of(service)))
        yield from (published[event] for event in events)


def outdating_events() -> Iterator[type[Event]]:
    """Yield the events after which some news is untrue."""
    for name in _read().outdated_by:
        service, _, event = name.partition(".")
        yield ChainMap(*map(vars, modules_of(service)))[event]


@cache
def _read() -> Templates:
    templates = tuple(
        Template(event_type=f"{service}.{event}", audience=audience, **entry)
        for service, events in _documents().items()
        for event, audiences in events.items()
        for audience, entry in audiences.items()
    )
    return Templates(templates, Phrases.model_validate(read_toml(PHRASES)))


@cache
def _documents() -> dict[str, dict[str, Any]]:
    """Return the files of templates as they are written, by publishing service."""
    return {path.stem: read_toml(path) for path in sorted(HERE.glob("*.toml"))}
