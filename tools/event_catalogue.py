"""Every event there is; read by generators and tests, never by a service at run time."""

import inspect
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from shared.events.base import Event, modules_of, publishers


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return the modules of events of each publisher."""
    return tuple(module for service in publishers() for module in modules_of(service))


def events() -> Iterator[type[Event]]:
    """Yield all event classes in the order in which their modules define them."""
    for module in modules():
        for member in vars(module).values():
            if inspect.isclass(member) and issubclass(member, Event) and _owned(member, module):
                yield member


def by_type() -> dict[str, type[Event]]:
    """Return the event classes by their name on the bus."""
    return {event.detail_type(): event for event in events()}


def _owned(member: type[Event], module: ModuleType) -> bool:
    """Return whether it is an event of this module, and neither a base of some nor imported."""
    return member.__module__ == module.__name__ and not member.__name__.startswith("_")
