"""Rows of timelines: one partition per family, in the order of time.

An entry is one more row of the commit that it is about; the same fact is one row.
"""

from collections.abc import Iterable

from services.intake.timeline.domain import Entry
from services.intake.timeline.values import TimelineKind
from services.intake.timeline.views import EntryView
from shared import clock
from shared.principal import Principal
from shared.storage import cursors
from shared.storage.list_keys import org_key, person_key
from shared.storage.repository import Page, Repository, Slice
from shared.storage.rows import OWN, Key, RawWrite


class Timelines(Repository[Entry]):
    """Timelines by family: `TIMELINE#<family>` / `<at>#<place in its commit>#<fact>`."""

    model = Entry
    prefix = "TIMELINE"

    def of_family(
        self, asked: str, record_ids: Iterable[str], *, caller: Principal, query: Slice
    ) -> Page[EntryView]:
        """Return a slice of the timeline of who is asked for, oldest first; of all its records.

        A record may join while the pages are read; the list goes on at its moment all the same.
        """
        scope = f"{self.prefix}|{asked}"
        after = query.begins(caller.id, scope).get("after", "")
        left = [(place, entry) for place, entry in self._in_order(record_ids) if place > after]
        shown = left[: query.limit]
        more = len(left) > len(shown)
        return Page[EntryView](
            items=[EntryView.of(entry) for _, entry in shown],
            next_cursor=cursors.seal({"after": shown[-1][0]}, caller.id, scope) if more else None,
        )

    def of_owner(
        self,
        partition: str,
        kind: TimelineKind,
        *,
        caller: Principal,
        query: Slice,
    ) -> Page[EntryView]:
        """Return a slice of what is one specialist's or provider's own, latest first."""
        return self.page(
            "by_owner",
            partition,
            EntryView.of,
            caller=caller,
            query=query,
            prefix=f"{kind}#",
            newest_first=True,
        )

    def all_of(self, record_ids: Iterable[str]) -> list[EntryView]:
        """Return a family's whole timeline, oldest first."""
        return [EntryView.of(entry) for _, entry in self._in_order(record_ids)]

    def _in_order(self, record_ids: Iterable[str]) -> list[tuple[str, Entry]]:
        """Return the entries of all records with their places, which no later entry moves."""
        found = (
            (f"{clock.iso(entry.at)}#{record}#{entry.place:02d}#{entry.fact}", entry)
            for record, record_id in enumerate(record_ids)
            for entry in self.list_all(OWN, _partition(record_id))
        )
        return sorted(found, key=lambda each: each[0])


def timeline_rows(entries: Iterable[Entry]) -> list[RawWrite]:
    """Return the rows that keep these entries of one commit, in this order."""
    return [_row(entry.at_place(place)) for place, entry in enumerate(entries)]


def _row(entry: Entry) -> RawWrite:
    when = f"{clock.iso(entry.at)}#{entry.place:02d}"
    key = Key(_partition(entry.family_id), f"{when}#{entry.fact}")
    document = entry.model_dump_json(exclude={"version"}, exclude_none=True)
    row: dict[str, str | int | bytes] = {
        "type": Timelines.prefix,
        "doc": document,
        "version": 1,
    }
    if entry.by is not None:
        measure = entry.kind is TimelineKind.MEASURE
        owner = org_key(entry.by) if measure else person_key(entry.by)
        row |= {"owner_pk": owner, "owner_sk": f"{entry.kind}#{when}#{entry.ref}"}
    return RawWrite("data", key, row)


def _partition(family_id: str) -> str:
    return f"{Timelines.prefix}#{family_id}"
