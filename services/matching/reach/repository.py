"""Where guardians are found by district and kind of help, without reading a whole region.

LISTING#<guardian id>        under what a guardian is listed; due while there is more to write
REACH#<region>#<district>    / <kind>#<guardian id>: one small row per district and kind; `*` is
                             the whole region, kind `-` is one that is prepared or rests
REGISTER#<region>#<district> / <kind>#<status>#<guardian id>: the same for the register, where `+`
                             is any district or any kind
"""

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby, islice
from typing import ClassVar, NamedTuple

from services.matching.reach.domain import ANY, EVERYWHERE, NOT_AT_WORK, Entry, Listing
from shared import clock
from shared.domain import Aggregate
from shared.principal import Principal
from shared.storage import cursors
from shared.storage.repository import PAGE_LIMIT, Page, Repository, Slice
from shared.storage.rows import OWN, Key, RawWrite, Row

ENTRY = "REACH"
REGISTER = "REGISTER"
AFTER = "after"


class Listings(Repository[Listing]):
    """Under what each guardian is listed."""

    model: ClassVar[type[Listing]] = Listing
    prefix: ClassVar[str] = "LISTING"
    id_field: ClassVar[str] = "guardian_id"

    def row(self, listing: Listing) -> Row:
        """Return a listing, due at once while it is behind."""
        return self._row(listing, due_at=clock.now() if listing.behind else None)


class RegisterPart(NamedTuple):
    """What of a region's register is asked for."""

    region: str
    district: str | None
    kind: str | None
    status: str | None


class Found(Aggregate):
    """A guardian that is listed under a district and a kind of help; in the register, by status."""

    guardian_id: str
    status: str = ""


class Reaches(Repository[Found]):
    """The lists by district and kind of help."""

    model: ClassVar[type[Found]] = Found
    prefix: ClassVar[str] = ENTRY
    id_field: ClassVar[str] = "guardian_id"

    def found(self, region: str, districts: Iterable[str], kinds: Iterable[str]) -> list[str]:
        """Return the guardians that give one of these kinds in one of these districts.

        Those that are prepared or rest are among them: a query per district and kind.
        """
        places = [_partition(region, each) for each in (*districts, EVERYWHERE)]
        wanted = (*kinds, NOT_AT_WORK)
        return sorted(
            {
                found.guardian_id
                for place in places
                for kind in wanted
                for found in self.list_all(OWN, place, prefix=f"{kind}#")
            }
        )

    def others(
        self, region: str, districts: Iterable[str], known: Iterable[str], most: int
    ) -> list[str]:
        """Return some more guardians of these districts, whatever they give, the nearest first."""
        names = (
            found.guardian_id
            for district in (*districts, EVERYWHERE)
            for found in self._each(_partition(region, district))
        )
        return list(islice(_new(names, {*known}), most))

    def _each(self, partition: str) -> Iterator[Found]:
        """Yield the rows of a list, read as far as they are asked for."""
        start: dict[str, str] | None = None
        while True:
            page, start = self.store.page(OWN, partition, limit=PAGE_LIMIT, start=start)
            yield from map(self._aggregate, page)
            if start is None:
                return

    def registered(self, place: RegisterPart, *, caller: Principal, query: Slice) -> Page[Found]:
        """Return a page of the guardians of a part of the register, by status and id.

        A guardian for the whole region is in none of its districts' lists: both are read from
        where the page begins, and put together.
        """
        scope = f"register|{'|'.join(str(each) for each in place)}"
        after = query.begins(caller.id, scope).get(AFTER, "")
        districts = [ANY] if place.district is None else [place.district, EVERYWHERE]
        lists = (self._after(place, district, after, query.limit + 1) for district in districts)
        merged = merge(*lists, key=_in_register)
        found = [each for each, _ in groupby(merged)]
        page, more = found[: query.limit], len(found) > query.limit
        last = cursors.seal({AFTER: _in_register(page[-1])}, caller.id, scope) if more else None
        return Page[Found](items=page, next_cursor=last)

    def _after(self, place: RegisterPart, district: str, after: str, most: int) -> list[Found]:
        """Return the next of a list of the register."""
        partition = f"{REGISTER}#{place.region}#{district}"
        kind = f"{place.kind or ANY}#"
        page, _ = self.store.page(
            OWN,
            partition,
            limit=most,
            start={"pk": partition, "sk": f"{kind}{after}"} if after else None,
            prefix=f"{kind}{place.status}#" if place.status else kind,
        )
        return [self._aggregate(each) for each in page]


def _new(names: Iterable[str], seen: set[str]) -> Iterator[str]:
    """Yield each name once, but for those that were seen."""
    for name in names:
        if name not in seen:
            seen.add(name)
            yield name


def _in_register(found: Found) -> str:
    return f"{found.status}#{found.guardian_id}"


def add_entry(entry: Entry, guardian_id: str) -> RawWrite:
    """Return the write that lists a guardian under a district and a kind of help."""
    found = Found(guardian_id=guardian_id, status=entry.status)
    document = found.model_dump_json(exclude={"version"}, exclude_defaults=True)
    attributes: dict[str, str | int | bytes] = {"type": ENTRY, "doc": document, "version": 1}
    return RawWrite("data", _key(entry, guardian_id), attributes)


def remove_entry(entry: Entry, guardian_id: str) -> RawWrite:
    """Return the write that takes a guardian out of a list."""
    return RawWrite("data", _key(entry, guardian_id), None)


def _key(entry: Entry, guardian_id: str) -> Key:
    if entry.status:
        partition = f"{REGISTER}#{entry.region}#{entry.district}"
        return Key(partition, f"{entry.kind}#{entry.status}#{guardian_id}")
    return Key(_partition(entry.region, entry.district), f"{entry.kind}#{guardian_id}")


def _partition(region: str, district: str) -> str:
    return f"{ENTRY}#{region}#{district}"
