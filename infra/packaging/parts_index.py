"""Writes which aggregates of a service serve which path, event and row, read from the code."""

import json
from collections import defaultdict
from types import ModuleType

from infra.services import app_of
from shared.parts import Index, Plug


def index(service: str) -> Index:
    """Return the index of a service's aggregates, which `shared.parts` reads where it is deployed.

    Where several serve one key they are named bottom up, as they come where all are imported.
    """
    made = app_of(service)
    found: dict[Plug, dict[str, list[str]]] = {
        "routes": defaultdict(list),
        "reactions": defaultdict(list),
    }
    for plug in made.PARTS.all("routes"):
        for path in {line[1]: None for line in plug.routes.lines}:
            found["routes"][made.app.base + path].append(_aggregate(plug))
    for plug in made.PARTS.all("reactions"):
        for key in _taken(plug):
            found["reactions"][key].append(_aggregate(plug))
    return found


def text(service: str) -> str:
    """Return the index as it is packaged."""
    return json.dumps(index(service), sort_keys=True, separators=(",", ":"))


def _taken(plug: ModuleType) -> list[str]:
    """Return the events and types of rows that an aggregate takes."""
    events = [event.detail_type() for event in getattr(plug, "REACTIONS", ())]
    return [*events, *getattr(plug, "DEADLINES", ()), *getattr(plug, "JOBS", ())]


def _aggregate(plug: ModuleType) -> str:
    return plug.__name__.split(".")[2]
