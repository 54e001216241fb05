"""What headquarters sees of records that may be of one family: facts, no name and no contact."""

from datetime import datetime
from typing import Self

from services.intake.codes.values import FamilyKind
from services.intake.families.domain import Family
from services.intake.families.values import AlikeFamily, LikenessSign, OpenCase
from shared.api.models import View


class AlikeRow(View):
    """A family that looks like others, in the list of a region."""

    id: str
    version: int
    district_id: str
    kind: FamilyKind
    known_since: datetime
    alike: tuple[AlikeFamily, ...]

    @classmethod
    def of_family(cls, family: Family) -> Self:
        """Show a family as a line."""
        return cls.of(family, id=family.family_id, district_id=family.district)


class DuplicateView(View):
    """A family that may be the same one, and why it seems so."""

    id: str
    version: int
    district_id: str
    kind: FamilyKind
    known_since: datetime
    open_cases: tuple[OpenCase, ...]
    signs: tuple[LikenessSign, ...]

    @classmethod
    def of_family(cls, family: Family, signs: tuple[LikenessSign, ...]) -> Self:
        """Show a family with the signs."""
        return cls.of(family, id=family.family_id, district_id=family.district, signs=signs)


class DuplicatesView(View):
    """The families that may be the same as one; headquarters compares and decides."""

    items: tuple[DuplicateView, ...]
