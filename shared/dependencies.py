"""Repositories, the vault and other parts that a function asks for by type.

A use case names what it works with as typed parameters. Called from a test or another use case it
is a plain function; called from a route, a queue or a private function, `connected` supplies every
parameter whose type knows how to `connect` to this container's tables, keys and neighbours.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, get_type_hints


@cache
def parts_of(function: Callable[..., Any]) -> Mapping[str, type[Any]]:
    """Return the parameters that `connected` supplies, by name."""
    hints = get_type_hints(function)
    kinds = ((name, hints.get(name)) for name in inspect.signature(function).parameters)
    return {n: kind for n, kind in kinds if isinstance(kind, type) and hasattr(kind, "connect")}


def connected(function: Callable[..., Any]) -> dict[str, Any]:
    """Connect every dependency that a function asks for."""
    return {name: kind.connect() for name, kind in parts_of(function).items()}
