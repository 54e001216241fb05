"""Every event there is; read by generators and tests, never by a service at run time."""

import inspect
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from shared import events as published
from shared.events.base import Event


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return the modules of events of each publisher, also of those that do not exist yet."""
    found = sorted(module.name for module in iter_modules(published.__path__))
    return tuple(import_module(f"shared.events.{name}") for name in found if name != "base")


def events() -> Iterator[type[Event]]:
    """Yield all event classes in the order in which their modules define them."""
    for module in modules():
        for member in vars(module).values():
            if inspect.isclass(member) and issubclass(member, Event) and _owned(member, module):
                yield member


@cache
def by_type() -> dict[str, type[Event]]:
    """Return the event classes by their name on the bus."""
    return {event.detail_type(): event for event in events()}


def _owned(member: type[Event], module: ModuleType) -> bool:
    """Return whether it is an event of this module, and neither a base of some nor imported."""
    return member.__module__ == module.__name__ and not member.__name__.startswith("_")
