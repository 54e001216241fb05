"""Where guardians are kept: `GUARDIAN#<id>`.

by_region: REGION#<region> / GUARDIAN#<id>, from the assignment on (during a talk in vetting already
           for the asked region);
by_ref:    FEDERAL#unassigned / GUARDIAN#<id>, while no region has it.
"""

import sys
from collections.abc import Iterable
from typing import ClassVar

from services.matching.guardians.domain import Guardian
from shared.storage.list_keys import UNASSIGNED, region_key
from shared.storage.repository import PAGE_LIMIT, Repository
from shared.storage.rows import Index, Row

LIST_PREFIX = "GUARDIAN#"


class Guardians(Repository[Guardian]):
    """All guardian organisations."""

    model: ClassVar[type[Guardian]] = Guardian
    prefix: ClassVar[str] = "GUARDIAN"
    id_field: ClassVar[str] = "guardian_id"

    def row(self, guardian: Guardian) -> Row:
        """Return a guardian with the lists it appears in."""
        sort = f"{LIST_PREFIX}{guardian.guardian_id}"
        lists: dict[Index, tuple[str, str]] = {}
        if guardian.visible_region is not None:
            lists["by_region"] = (region_key(guardian.visible_region), sort)
        if guardian.region is None:
            lists["by_ref"] = (UNASSIGNED, sort)
        return self._row(guardian, lists=lists)

    def of_region(self, partition: str) -> list[Guardian]:
        """Return the whole register of a region's partition, however long."""
        return self.list_all("by_region", partition, prefix=LIST_PREFIX, most=sys.maxsize)

    def of_ids(self, identifiers: Iterable[str]) -> list[Guardian]:
        """Return the guardians with these ids, read many at a time; unknown ones are left out."""
        keys = [self.key(each) for each in identifiers]
        parts = (keys[start : start + PAGE_LIMIT] for start in range(0, len(keys), PAGE_LIMIT))
        found = (document for part in parts for document in self.store.get_many(part))
        return [self._aggregate(document) for document in found]

    def unassigned(self) -> list[Guardian]:
        """Return every application that no region has yet."""
        return self.list_all("by_ref", UNASSIGNED, prefix=LIST_PREFIX, most=sys.maxsize)
