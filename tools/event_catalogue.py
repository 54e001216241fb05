"""Every event there is; read by generators and tests, never by a service at run time."""

import inspect
from collections.abc import Iterator
from types import ModuleType

from shared.events import cards, intake, matching, notifications
from shared.events.base import Event

MODULES: tuple[ModuleType, ...] = (intake, matching, cards, notifications)


def events() -> Iterator[type[Event]]:
    """All event classes in the order in which their modules define them."""
    for module in MODULES:
        for member in vars(module).values():
            if inspect.isclass(member) and issubclass(member, Event) and _told_by(member, module):
                yield member


def by_type() -> dict[str, type[Event]]:
    """Event classes by their name on the bus."""
    return {event.detail_type(): event for event in events()}


def _told_by(member: type[Event], module: ModuleType) -> bool:
    """Whether it is an event of this module, and neither a base of some nor imported."""
    return member.__module__ == module.__name__ and not member.__name__.startswith("_")
