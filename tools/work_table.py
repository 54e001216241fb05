"""Writes which work which event asks for, of which role, and what ends it, into the README.

The README says where: from the table's head to the next empty line.
"""

import re
import sys
from collections.abc import Iterator

from infra.services import ROOT
from services.notifications.templates.repository import Templates
from services.notifications.work_items.endings import ENDED_BY
from services.notifications.work_subjects.ended_by import EndedBy
from tools import generated

PAGE = ROOT / "services" / "notifications" / "README.md"
HEAD = "| Work | Asked of | When | Ends with |\n|---|---|---|---|\n"
_TABLE = re.compile(rf"(?<={re.escape(HEAD)})(?:\|.*\n)*")


def rows() -> Iterator[str]:
    """Yield the row of each kind of work."""
    for_staff = [each for each in Templates.connect().by_name.values() if each.kind is not None]
    for kind, lines in ENDED_BY.items():
        asking = [each for each in for_staff if each.kind == kind]
        roles = dict.fromkeys(each.audience.reader for each in asking)
        events = dict.fromkeys(each.event_type.partition(".")[2] for each in asking)
        ends = dict.fromkeys(
            event.__name__ + _condition(line) for line in lines for event in line.events
        )
        cells = (kind, ", ".join(roles) or "–", ", ".join(events) or "–", ", ".join(ends))
        yield f"| {' | '.join(cells)} |\n"


def _condition(line: EndedBy) -> str:
    """Return what an event must say to end work."""
    said = [f"{name} {value}" for name, value in line.only.items()]
    said += [f"same {line.detail}"] if line.detail else []
    said += [f"of {line.role}"] if line.role else []
    return f" ({', '.join(said)})" if said else ""


def documents() -> generated.Documents:
    """Return the README as it should be."""
    text, places = _TABLE.subn(lambda _: "".join(rows()), PAGE.read_text("utf-8"))
    if places != 1:
        raise ValueError(f"{PAGE.name} has no table of work")
    return {PAGE: text}


if __name__ == "__main__":
    sys.exit(generated.run(documents()))
