"""Where bonds are kept: `BOND#<family id>`; a merged record's leads to the one it is part of.

by_region: REGION#<region> / BOND#REFUSED#<month of the last refusal>#<family id>, when there is one
"""

import sys
from datetime import datetime, timedelta
from typing import ClassVar

from services.matching.bonds.domain import FamilyBond
from services.matching.bonds.values import REST, Refusals
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

REFUSED = "BOND#REFUSED#"


class Bonds(Repository[FamilyBond]):
    """What holds for families across their cases."""

    model: ClassVar[type[FamilyBond]] = FamilyBond
    prefix: ClassVar[str] = "BOND"
    id_field: ClassVar[str] = "family_id"

    def row(self, bond: FamilyBond) -> Row:
        """Return a bond, in the region's list of the month in which a guardian was last refused."""
        lists: dict[Index, tuple[str, str]] = {}
        if bond.refusals:
            last = max(each.at for each in bond.refusals)
            sort = f"{REFUSED}{last:%Y-%m}#{bond.family_id}"
            lists["by_region"] = (region_key(bond.region), sort)
        return self._row(bond, lists=lists)

    def refusals_of_region(self, partition: str, now: datetime) -> dict[str, Refusals]:
        """Return what may still hold of a region's refusals, by each record of a family."""
        days = range(0, REST.days + 28, 28)
        months = {f"{now - timedelta(days=min(back, REST.days)):%Y-%m}" for back in days}
        found = [
            bond
            for month in sorted(months)
            for bond in self.list_all(
                "by_region", partition, prefix=f"{REFUSED}{month}#", most=sys.maxsize
            )
        ]
        return {
            record: bond.refusals_at(now)
            for bond in found
            for record in {bond.family_id, *(each.family_id for each in bond.refusals)}
        }

    def of_record(self, family_id: str, region: str) -> FamilyBond:
        """Return the bond of one record of a family, which is a new one at first."""
        return self.find(family_id) or FamilyBond(family_id=family_id, region=region)

    def of_family(self, family_id: str, region: str) -> FamilyBond:
        """Return the bond that holds for a family, whichever of its records is named."""
        bond = self.of_record(family_id, region)
        return bond if bond.part_of is None else self.of_record(bond.part_of, region)
