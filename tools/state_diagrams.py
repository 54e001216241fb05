"""Draws the states of every aggregate into the README of its service, from the table STEPS.

A README says where: `<!-- states: Match -->` with the name of the class, and `<!-- /states -->`
after the diagram, which is made when it is missing.
"""

import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic_core import PydanticUndefined

from infra.services import ROOT
from shared.domain import StatefulAggregate
from tools import generated

CLOSING = "<!-- /states -->"
_MARKER = re.compile(
    r"^<!-- states: (?P<name>\w+) -->\n(?:(?:(?!<!--).*\n)*?<!-- /states -->\n)?", re.MULTILINE
)
Aggregate = type[StatefulAggregate]


class BadPage(ValueError):
    """A README whose markers and the aggregates of its service do not match."""


def aggregates() -> list[Aggregate]:
    """Return the aggregates of the services that have states, sorted by module."""
    for path in sorted((ROOT / "services").rglob("domain.py")):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found = (each for each in _subclasses(StatefulAggregate) if _is_service(each) and each.STEPS)
    return sorted(
        (each for each in found if not any(map(_is_service, each.__subclasses__()))),
        key=lambda each: (each.__module__, each.__name__),
    )


def _subclasses(base: Aggregate) -> Iterator[Aggregate]:
    for each in base.__subclasses__():
        yield each
        yield from _subclasses(each)


def _is_service(kind: Aggregate) -> bool:
    return kind.__module__.startswith("services.")


def diagram(kind: Aggregate) -> str:
    """Draw an aggregate's states as mermaid: one arrow for all steps between two states."""
    lines = ["stateDiagram-v2", f"    [*] --> {_first(kind)}"]
    for status, steps in kind.STEPS.items():
        lines += [
            f"    {status} --> {target}: {', '.join(names)}"
            for target, names in _arrows(status, steps).items()
        ]
        if not steps:
            lines.append(f"    {status} --> [*]")
    return "\n".join(("```mermaid", *lines, "```"))


def _first(kind: Aggregate) -> str:
    """Return the status that a new aggregate has: the field's default, else the first of STEPS."""
    default = kind.model_fields["status"].default
    return str(next(iter(kind.STEPS)) if default is PydanticUndefined else default)


def _arrows(status: Any, steps: Mapping[str, Any]) -> dict[str, list[str]]:
    arrows: dict[str, list[str]] = {}
    for step, leads_to in steps.items():
        for target in leads_to if isinstance(leads_to, tuple) else (leads_to,):
            arrows.setdefault(str(status if target is None else target), []).append(step)
    return arrows


def drawn(page: str, found: Iterable[Aggregate]) -> str:
    """Return a page with the diagrams of its service's aggregates; raises BadPage."""
    kinds = {kind.__name__: kind for kind in found}
    marked = [match["name"] for match in _MARKER.finditer(page)]
    if sorted(marked) != sorted(kinds):
        raise BadPage(f"marks {sorted(marked)}, but there are {sorted(kinds)}")

    def section(match: re.Match[str]) -> str:
        name = match["name"]
        return f"<!-- states: {name} -->\n{diagram(kinds[name])}\n{CLOSING}\n"

    return _MARKER.sub(section, page)


def documents() -> generated.Documents:
    """Return the README of every service as it should be."""
    found = aggregates()
    pages = {}
    for path in sorted((ROOT / "services").glob("*/README.md")):
        service = path.parent.name
        own = [kind for kind in found if kind.__module__.split(".")[1] == service]
        try:
            pages[path] = drawn(path.read_text("utf-8"), own)
        except BadPage as error:
            raise BadPage(f"services/{service}/README.md: {error}") from None
    return pages


if __name__ == "__main__":
    sys.exit(generated.run(documents()))
