"""Rows of timelines: one partition per family, in the order of time.

An entry is one more row of the commit that it is about; the same fact is one row.
"""

from collections.abc import Iterable

from services.intake.timeline.domain import Entry
from services.intake.timeline.views import EntryView
from shared import clock
from shared.principal import Principal
from shared.storage.repository import Page, Repository
from shared.storage.rows import OWN, Key, RawWrite


class Timelines(Repository[Entry]):
    """Timelines by family: `TIMELINE#<family>` / `<at>#<place in its commit>#<kind>#<ref>`."""

    model = Entry
    prefix = "TIMELINE"

    def of_family(
        self, family_id: str, *, caller: Principal, limit: int, cursor: str | None
    ) -> Page[EntryView]:
        """Return a slice of a family's timeline, oldest first."""
        return self.page(
            OWN, _partition(family_id), EntryView.of, caller=caller, limit=limit, cursor=cursor
        )

    def all_of(self, family_id: str) -> list[EntryView]:
        """Return a family's whole timeline, oldest first."""
        return [EntryView.of(entry) for entry in self.list_all(OWN, _partition(family_id))]


def timeline_rows(entries: Iterable[Entry]) -> list[RawWrite]:
    """Return the rows that keep these entries of one commit, in this order."""
    return [_row(entry, place) for place, entry in enumerate(entries)]


def _row(entry: Entry, place: int) -> RawWrite:
    when = f"{clock.iso(entry.at)}#{place:02d}"
    key = Key(_partition(entry.family_id), f"{when}#{entry.kind}#{entry.ref}")
    document = entry.model_dump_json(exclude={"version"}, exclude_none=True)
    return RawWrite("data", key, {"type": Timelines.prefix, "doc": document, "version": 1})


def _partition(family_id: str) -> str:
    return f"{Timelines.prefix}#{family_id}"
