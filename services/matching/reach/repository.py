"""Where guardians are found by district and kind of help, without reading a whole region.

LISTING#<guardian id>        under what a guardian is listed; due while there is more to write
REACH#<region>#<district>    / <kind>#<guardian id>: one small row per district and kind; `*` is
                             the whole region, kind `-` is one that is prepared or rests
"""

import sys
from collections.abc import Iterable
from typing import ClassVar

from services.matching.reach.domain import EVERYWHERE, NOT_AT_WORK, Entry, Listing
from shared import clock
from shared.domain import Aggregate
from shared.storage.command_context import Key
from shared.storage.repository import PAGE_LIMIT, Repository
from shared.storage.rows import OWN, RawWrite, Row

ENTRY = "REACH"


class Listings(Repository[Listing]):
    """Under what each guardian is listed."""

    model: ClassVar[type[Listing]] = Listing
    prefix: ClassVar[str] = "LISTING"
    id_field: ClassVar[str] = "guardian_id"

    def row(self, listing: Listing) -> Row:
        """Return a listing, due at once while it is behind."""
        return self._row(listing, due_at=clock.now() if listing.behind else None)


class Found(Aggregate):
    """A guardian that is listed under a district and a kind of help."""

    guardian_id: str


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
                for found in self.list_all(OWN, place, prefix=f"{kind}#", most=sys.maxsize)
            }
        )

    def others(
        self, region: str, districts: Iterable[str], known: Iterable[str], most: int
    ) -> list[str]:
        """Return some more guardians of these districts, whatever they give, the nearest first."""
        seen, more = {*known}, list[str]()
        for district in (*districts, EVERYWHERE):
            if len(more) >= most:
                break
            for found in self.list_all(OWN, _partition(region, district), most=PAGE_LIMIT):
                if found.guardian_id not in seen:
                    seen.add(found.guardian_id)
                    more.append(found.guardian_id)
        return more[:most]


def add_entry(entry: Entry, guardian_id: str) -> RawWrite:
    """Return the write that lists a guardian under a district and a kind of help."""
    document = Found(guardian_id=guardian_id).model_dump_json(exclude={"version"})
    attributes: dict[str, str | int | bytes] = {"type": ENTRY, "doc": document, "version": 1}
    return RawWrite("data", _key(entry, guardian_id), attributes)


def remove_entry(entry: Entry, guardian_id: str) -> RawWrite:
    """Return the write that takes a guardian out of a list."""
    return RawWrite("data", _key(entry, guardian_id), None)


def _key(entry: Entry, guardian_id: str) -> Key:
    return Key(_partition(entry.region, entry.district), f"{entry.kind}#{guardian_id}")


def _partition(region: str, district: str) -> str:
    return f"{ENTRY}#{region}#{district}"
