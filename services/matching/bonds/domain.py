"""One family across all of its cases: it has one open match, and a conflict holds for all of them.

Two records of one family are one bond while intake has them merged; each entry says whose it is,
so that an undone merge gives it back.
"""

from datetime import datetime
from typing import Self

from services.matching.bonds.values import Refusal, Refusals
from services.matching.families.domain import Family
from shared.domain import Aggregate, Moment, ValueObject
from shared.errors import IllegalStep

# More guardians than a region proposes to one family in years.
MOST_REFUSALS = 40


class BoundMatch(ValueObject):
    """An open match, and the record of the family whose case it helps."""

    match_id: str
    family_id: str


class Exclusion(ValueObject):
    """A guardian that failed by conflict, and the record of the family that it failed for."""

    guardian_id: str
    family_id: str


class FamilyBond(Aggregate):
    """A family's open matches, conflicts and refusals; `part_of` is the record it was merged into.

    `merged_at` is when headquarters last merged or separated it: facts may come in any order.
    """

    family_id: str
    region: str
    part_of: str | None = None
    merged_at: Moment | None = None
    matches: tuple[BoundMatch, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    def bind(self, match_id: str, family: Family, guardian_id: str) -> Self:
        """Bind the family to a proposal; it has one open match, whatever it asked for."""
        if self.matches:
            raise IllegalStep("family_has_open_match", ("view_match",))
        if any(each.guardian_id == guardian_id for each in self.exclusions):
            raise IllegalStep("candidate_excluded_by_conflict", ("view_candidates",))
        bound = BoundMatch(match_id=match_id, family_id=family.family_id)
        return self._with(matches=(*self.matches, bound))

    def release(self, match_id: str, family_id: str, *, exclude: str | None = None) -> Self:
        """Free the family of a match that is over; `exclude` is never proposed to it again."""
        left = tuple(each for each in self.matches if each.match_id != match_id)
        freed = self._with(matches=left)
        if exclude is None:
            return freed
        conflict = Exclusion(guardian_id=exclude, family_id=family_id)
        return freed._with(exclusions=tuple(dict.fromkeys((*self.exclusions, conflict))))

    def refuse(self, refusal: Refusal) -> Self:
        """Remember a refusal, in place of an earlier one of the same pair."""
        pair = (refusal.guardian_id, refusal.family_id)
        others = (each for each in self.refusals if (each.guardian_id, each.family_id) != pair)
        return self._with(refusals=(*others, refusal)[-MOST_REFUSALS:])

    def refusals_at(self, now: datetime) -> Refusals:
        """Return the refusals as they hold now."""
        return Refusals(self.refusals, now)

    def seen_from(self, family: Family) -> Family:
        """Return one of the family's cases with the conflicts of all of them."""
        return family.leaving_out(each.guardian_id for each in self.exclusions)

    def knows_later(self, at: datetime) -> bool:
        """Whether a later merge or separation of this record is known."""
        return self.merged_at is not None and self.merged_at >= at

    def merge(self, other: Self, at: datetime) -> tuple[Self, Self]:
        """Return the bond with all of another record's entries, and that record without them."""
        whole = self._with(
            matches=tuple(dict.fromkeys((*self.matches, *other.matches))),
            exclusions=tuple(dict.fromkeys((*self.exclusions, *other.exclusions))),
            refusals=tuple(dict.fromkeys((*self.refusals, *other.refusals))),
        )
        part = other._with(
            part_of=self.family_id, merged_at=at, matches=(), exclusions=(), refusals=()
        )
        return whole, part

    def separate(self, other: Self, at: datetime) -> tuple[Self, Self]:
        """Return the bond without another record's entries, and that record with them."""
        if other.part_of != self.family_id:
            return self, other._with(merged_at=at)
        own = other.family_id
        left = self._with(
            matches=tuple(each for each in self.matches if each.family_id != own),
            exclusions=tuple(each for each in self.exclusions if each.family_id != own),
            refusals=tuple(each for each in self.refusals if each.family_id != own),
        )
        part = other._with(
            part_of=None,
            merged_at=at,
            matches=tuple(each for each in self.matches if each.family_id == own),
            exclusions=tuple(each for each in self.exclusions if each.family_id == own),
            refusals=tuple(each for each in self.refusals if each.family_id == own),
        )
        return left, part
