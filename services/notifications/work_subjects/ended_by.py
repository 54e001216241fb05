"""How an event ends work about a subject: a line of the table, and the event's mark."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.notifications.work_subjects.domain import Ending
from services.notifications.work_subjects.values import Mark
from shared.events.base import Event, Received


def mark_of(received: Received[Any]) -> Mark:
    """Return the place of an event in the order of what happened."""
    return Mark(source=received.subject, sequence=received.sequence, at=received.time)


@dataclass(frozen=True, slots=True)
class EndedBy:
    """Events that end work about the subject in `about`; `only` are values they must have.

    `detail` is the field in which work of one kind and subject differs. An event without it ends
    all of that kind; a line with a `role`, that of the one role alone.
    """

    about: str
    events: tuple[type[Event], ...]
    only: Mapping[str, str] = field(default_factory=dict)
    detail: str | None = None
    role: str | None = None

    def fits(self, event: Event) -> bool:
        """Return whether an event names a subject and has the values that it must have."""
        said = event.model_dump(mode="json")
        return said[self.about] is not None and all(
            str(said.get(name)).lower() == wanted for name, wanted in self.only.items()
        )

    def ending(self, kind: str, received: Received[Any]) -> Ending:
        """Return what an event ends of that kind of work."""
        return Ending(
            kind=kind,
            role=self.role,
            detail=getattr(received.event, self.detail) if self.detail else None,
            mark=mark_of(received),
            by=received.event.detail_type(),
        )
