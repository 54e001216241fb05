"""Where the projection of families is kept: `FAMILY#<case id>`.

by_region: REGION#<region> / FAMILY#WAITING#<flagged at>#<case id>, while a guardian is looked for.
"""

from typing import ClassVar

from services.matching.families.domain import Family
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
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
            sort = f"{WAITING}{clock.iso(family.flagged_at)}#{family.case_id}"
            lists["by_region"] = (region_key(family.region), sort)
        return self._row(family, lists=lists)

    def waiting(self, partition: str, most: int) -> list[Family]:
        """Return the families that wait, longest first."""
        return self.list_all("by_region", partition, prefix=WAITING, most=most)
