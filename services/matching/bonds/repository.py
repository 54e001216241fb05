"""Where bonds are kept: `BOND#<family id>`; a merged record's leads to the one it is part of."""

from typing import ClassVar

from services.matching.bonds.domain import FamilyBond
from shared.storage.repository import Repository


class Bonds(Repository[FamilyBond]):
    """What holds for families across their cases."""

    model: ClassVar[type[FamilyBond]] = FamilyBond
    prefix: ClassVar[str] = "BOND"
    id_field: ClassVar[str] = "family_id"

    def of_record(self, family_id: str, region: str) -> FamilyBond:
        """Return the bond of one record of a family, which is a new one at first."""
        return self.find(family_id) or FamilyBond(family_id=family_id, region=region)

    def of_family(self, family_id: str, region: str) -> FamilyBond:
        """Return the bond that holds for a family, whichever of its records is named."""
        bond = self.of_record(family_id, region)
        return bond if bond.part_of is None else self.of_record(bond.part_of, region)
