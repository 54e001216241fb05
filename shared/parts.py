"""The aggregates of a service and what each plugs in, imported when something needs it.

An aggregate plugs in what its `__init__.py` names as `PLUGS`: `routes.py` with its table `routes`,
`reactions.py` with `REACTIONS`, `WANTED`, `LOOKS_AGAIN`, `DEADLINES` and `JOBS`, or both. Packaging
writes from the code which of them serve what, so that a cold function imports the aggregates of the
path that is called, or of the event or row that has come, and no others. Without that index (tests,
tools), and where no caller waits for a start (SnapStart), all are imported at once.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Literal

from shared import settings

INDEX = "parts.json"
SERVICES = Path(__file__).resolve().parent.parent / "services"

Plug = Literal["routes", "reactions"]
# Names of aggregates by path, and by event or type of a row: {"routes": {"/v1/loans": ["loans"]}}.
Index = Mapping[Plug, Mapping[str, list[str]]]


class Parts:
    """The aggregates of a service by name, bottom up."""

    def __init__(self, service: str, *names: str) -> None:
        self.service = service
        self.names = names

    @cached_property
    def index(self) -> Index | None:
        """Which aggregates serve what, where they are imported only as they are needed."""
        file = SERVICES / self.service / INDEX
        if settings.starts_ahead() or not file.is_file():
            return None
        found: Index = json.loads(file.read_text("utf-8"))
        return found

    def all(self, plug: Plug) -> list[ModuleType]:
        """Import that module of every aggregate that has one."""
        return self._imported(plug, (name for name in self.names if plug in self._plugs(name)))

    def serving(self, plug: Plug, key: str) -> list[ModuleType]:
        """Import that module of the aggregates that the index names for a key."""
        return self._imported(plug, self.index[plug].get(key, ()) if self.index else ())

    def _imported(self, plug: Plug, names: Iterable[str]) -> list[ModuleType]:
        return [import_module(f"services.{self.service}.{name}.{plug}") for name in names]

    def _plugs(self, name: str) -> tuple[Plug, ...]:
        plugs: tuple[Plug, ...] = import_module(f"services.{self.service}.{name}").PLUGS
        return plugs


NO_PARTS = Parts("")
