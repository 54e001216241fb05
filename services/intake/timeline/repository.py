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
        most = query.limit + 1
        left = _in_order(e for each in record_ids for e in self._after(each, after, most))
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
        found = (e for each in record_ids for e in self.list_all(OWN, _partition(each)))
        return [EntryView.of(entry) for _, entry in _in_order(found)]

    def _after(self, record_id: str, place: str, most: int) -> Iterable[Entry]:
        """Return the first entries of a record after a place, which may be that of another one."""
        partition = _partition(record_id)
        start = {"pk": partition, "sk": place} if place else None
        documents, _ = self.store.page(OWN, partition, limit=most, start=start)
        return map(self._aggregate, documents)


def _in_order(entries: Iterable[Entry]) -> list[tuple[str, Entry]]:
    """Return entries by their places, which no later entry moves."""
    return sorted(((_place(each), each) for each in entries), key=lambda each: each[0])


def timeline_rows(entries: Iterable[Entry]) -> list[RawWrite]:
    """Return the rows that keep these entries of one commit, in this order."""
    return [_row(entry.at_place(place)) for place, entry in enumerate(entries)]


def _row(entry: Entry) -> RawWrite:
    place = _place(entry)
    key = Key(_partition(entry.family_id), place)
    document = entry.model_dump_json(exclude={"version"}, exclude_none=True)
    row: dict[str, str | int | bytes] = {
        "type": Timelines.prefix,
        "doc": document,
        "version": 1,
    }
    if entry.by is not None:
        measure = entry.kind is TimelineKind.MEASURE
        owner = org_key(entry.by) if measure else person_key(entry.by)
        row |= {"owner_pk": owner, "owner_sk": f"{entry.kind}#{_when(entry)}#{entry.ref}"}
    return RawWrite("data", key, row)


def _place(entry: Entry) -> str:
    return f"{_when(entry)}#{entry.fact}"


def _when(entry: Entry) -> str:
    return f"{clock.iso(entry.at)}#{entry.place:02d}"


def _partition(family_id: str) -> str:
    return f"{Timelines.prefix}#{family_id}"
