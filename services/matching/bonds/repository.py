"""Where bonds are kept: `BOND#<family id>`; a merged record's leads to the one it is part of."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from services.matching.bonds.domain import FamilyBond
from shared.storage.repository import Repository
from shared.storage.rows import UniqueName


class Bonds(Repository[FamilyBond]):
    """What holds for families across their cases."""

    model: ClassVar[type[FamilyBond]] = FamilyBond
    prefix: ClassVar[str] = "BOND"
    id_field: ClassVar[str] = "family_id"

    def of_record(self, family_id: str, region: str) -> FamilyBond:
        """Return the bond of one record of a family, which is a new one at first."""
        return self.find(family_id) or self._new(family_id, region)

    def of_family(self, family_id: str, region: str) -> FamilyBond:
        """Return the bond that holds for a family, whichever of its records is named."""
        bond = self.of_record(family_id, region)
        return bond if bond.part_of is None else self.of_record(bond.part_of, region)

    def records_of(self, family_id: str) -> tuple[str, ...]:
        """Return all records of a family, whichever of them is named; the whole one first."""
        found = self.find(family_id)
        whole = found if found is None or found.part_of is None else self.find(found.part_of)
        return (family_id,) if whole is None else (whole.family_id, *whole.parts)

    def was_signed_out(self, family_id: str, since: datetime) -> bool:
        """Whether a record, or the family that it is part of, was signed out since a moment."""
        own = self.find(family_id)
        whole = None if own is None or own.part_of is None else self.find(own.part_of)
        said = (each.signed_out_at for each in (own, whole) if each is not None)
        return any(at is not None and since <= at for at in said)

    def of_families(self, families: Iterable[str], region: str) -> dict[str, FamilyBond]:
        """Return the bond that holds for each of many families, read 100 at a time."""
        records = dict.fromkeys(families)
        found = self._found(records)
        wholes = self._found(bond.part_of for bond in found.values() if bond.part_of)
        bonds = {record: found.get(record) or self._new(record, region) for record in records}
        return {
            record: wholes.get(bond.part_of) or self._new(bond.part_of, region)
            if bond.part_of
            else bond
            for record, bond in bonds.items()
        }

    def paper_of(self, family_id: str, region: str, ref: str | None) -> list[UniqueName]:
        """Return the name of a paper: it speaks for the first family that it was named for alone.

        It stays the paper of the record that it was named for, so that an undone merge gives it
        back.
        """
        if ref is None:
            return []
        name = f"PAPER#{region}#{ref}"
        held = self.store.item(UniqueName(name, family_id).key)
        first = family_id if held is None else held["held_by"]["S"]
        owner = first if first in self.records_of(family_id) else family_id
        return [UniqueName(name, owner, taken_from=owner)]

    def _found(self, records: Iterable[str]) -> dict[str, FamilyBond]:
        return {bond.family_id: bond for bond in self.get_many(records)}

    def _new(self, family_id: str, region: str) -> FamilyBond:
        return FamilyBond(family_id=family_id, region=region)
