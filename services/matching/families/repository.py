"""Where the projection of families is kept: `FAMILY#<case id>`.

by_region: REGION#<region> / FAMILY#WAITING#<flagged at>#<case id>, while a guardian is looked for.
"""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from services.matching.families.domain import Family
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import PAGE_LIMIT, Repository
from shared.storage.rows import Index, Row

WAITING = "FAMILY#WAITING#"


class Families(Repository[Family]):
    """Families as far as guardians are concerned."""

    model: ClassVar[type[Family]] = Family
    prefix: ClassVar[str] = "FAMILY"
    id_field: ClassVar[str] = "case_id"

    def row(self, family: Family) -> Row:
        """Return a family, in the region's list while it waits."""
        lists: dict[Index, tuple[str, str]] = {}
        if family.waiting and family.flagged_at is not None:
            lists["by_region"] = _waiting_place(family)
        return self._row(family, lists=lists)

    def closed_of(self, case_ids: Iterable[str]) -> frozenset[str]:
        """Return those of some cases that are closed, in one read."""
        found = self.get_many(case_ids)
        return frozenset(family.case_id for family in found if family.closed)

    def waiting(self, partition: str, most: int) -> list[Family]:
        """Return the families that wait, longest first."""
        return self.list_all("by_region", partition, prefix=WAITING, most=most)

    def waiting_pages(self, partition: str, place: dict[str, str] | None) -> Iterator[list[Family]]:
        """Yield the families that wait behind a place, longest first, as far as asked for."""
        while True:
            page, place = self.store.page(
                "by_region", partition, limit=PAGE_LIMIT, start=place, prefix=WAITING
            )
            if page:
                yield [self._aggregate(each) for each in page]
            if place is None:
                return

    def place_of(self, family: Family) -> dict[str, str]:
        """Return the place of a waiting family, behind which a list goes on."""
        key, (region, place) = self.key(family.case_id), _waiting_place(family)
        return {"pk": key.pk, "sk": key.sk, "region_pk": region, "region_sk": place}


def _waiting_place(family: Family) -> tuple[str, str]:
    since = clock.iso(family.flagged_at or clock.now())
    return region_key(family.region), f"{WAITING}{since}#{family.case_id}"
