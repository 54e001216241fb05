"""What a service does with its queues, gathered from what its aggregates plug in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from shared.dependencies import connected
from shared.events.base import Event, Received, UnknownEvent, from_cloud_event
from shared.messaging.deadlines import Handler, Job
from shared.parts import Parts

# Takes the received event, the context, and its repositories and other dependencies by type.
EventHandler = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """All that a service does with its queues: reactions by event class, the rest by row type.

    `wanted` asks, for a reaction that often has nothing to do, whether it has, before its inbox.
    Those that find what they have to end by a list look `again` later: an index lags behind.
    """

    service: str
    reactions: Mapping[type[Event], tuple[EventHandler, ...] | EventHandler]
    deadlines: Mapping[str, Handler] = field(default_factory=dict)
    jobs: Mapping[str, Job] = field(default_factory=dict)
    wanted: Mapping[EventHandler, Callable[..., bool]] = field(default_factory=dict)
    again: frozenset[EventHandler] = frozenset()
    parts: Parts | None = None
    known: Mapping[str, type[Event]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Name the events once: each message is looked up among all that are heard."""
        named = {event.detail_type(): event for event in self.reactions}
        object.__setattr__(self, "known", named)

    @classmethod
    def of_parts(cls, parts: Parts) -> Self:
        """Return what the aggregates of a service plug in, now or as each message comes."""
        if parts.index is None:
            return cls.of(parts.service, *parts.all("reactions"))
        return cls(parts.service, {}, parts=parts)

    @classmethod
    def of(cls, service: str, *parts: object) -> Self:
        """Gather the REACTIONS, DEADLINES, JOBS, WANTED and LOOKS_AGAIN of aggregates.

        When several react to one event, the earlier part's reactions come first. Their names
        differ, since the inbox knows a reaction by its name.
        """
        reactions: dict[type[Event], tuple[EventHandler, ...]] = {}
        for part in parts:
            for event, handlers in getattr(part, "REACTIONS", {}).items():
                reactions[event] = (*reactions.get(event, ()), *_each(handlers))
                names = [each.__name__ for each in reactions[event]]
                if len(set(names)) < len(names):
                    raise ValueError(f"two reactions to {event.__name__} have one name: {names}")
        deadlines, jobs, wanted = (_merged(parts, name) for name in ("DEADLINES", "JOBS", "WANTED"))
        again = frozenset(each for part in parts for each in getattr(part, "LOOKS_AGAIN", ()))
        return cls(service, reactions, deadlines, jobs, wanted, again)

    def event(self, detail: Any) -> Received[Any]:
        """Return the event of a message's detail; raises UnknownEvent for none we react to."""
        name = str(detail.get("type")) if isinstance(detail, dict) else ""
        return from_cloud_event(detail, self._about(name).known)

    def reactions_to(self, event: Event) -> list[EventHandler]:
        """Return the reactions to an event that have something to do."""
        about = self._about(event.detail_type())
        asked = [(each, about.wanted.get(each)) for each in _each(about.reactions[type(event)])]
        return [each for each, ask in asked if ask is None or ask(event, **connected(ask))]

    def reaction(self, event: type[Event], name: str) -> EventHandler:
        """Return the reaction of that name to one class of events; raises UnknownEvent."""
        for each in _each(self._about(event.detail_type()).reactions[event]):
            if each.__name__ == name:
                return each
        raise UnknownEvent("no reaction of that name")

    def looks_again(self, event: Event, reaction: EventHandler) -> bool:
        """Whether a reaction is run once more, when lists show all that came before its event."""
        return reaction in self._about(event.detail_type()).again

    def due(self, row_type: str) -> Handler | Job | None:
        """Return what is done about a due row of that type."""
        found = self._about(row_type)
        return found.deadlines.get(row_type) or found.jobs.get(row_type)

    def _about(self, key: str) -> Self:
        """Return what the aggregates that take this event or type of row plug in."""
        if self.parts is None:
            return self
        return self.of(self.service, *self.parts.serving("reactions", key))


def _each(handlers: tuple[EventHandler, ...] | EventHandler) -> tuple[EventHandler, ...]:
    return handlers if isinstance(handlers, tuple) else (handlers,)


def _merged(parts: Iterable[object], name: str) -> dict[Any, Any]:
    return {key: work for part in parts for key, work in getattr(part, name, {}).items()}
