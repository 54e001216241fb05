"""One family across all of its cases: it has one open match, and a conflict holds for all of them.

Two records of one family are one bond while intake has them merged; each entry says whose it is,
so that an undone merge gives it back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from services.matching.bonds.values import Refusal, Refusals
from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from shared.domain import Aggregate, Moment, ValueObject
from shared.errors import IllegalStep

# More guardians than a region proposes to one family in years.
MOST_REFUSALS = 40


class BoundMatch(ValueObject):
    """An open match, and the record of the family whose case it helps."""

    match_id: str
    family_id: str


class Exclusion(ValueObject):
    """A guardian that failed by conflict, and the record of the family that it failed for.

    `organisation` knows it again when it has left and comes back under another id.
    """

    guardian_id: str
    family_id: str
    organisation: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The id of the guardian, and its organisation where that is known."""
        return (self.guardian_id, *filter(None, (self.organisation,)))


class FamilyBond(Aggregate):
    """A family's open matches, conflicts and refusals; what was `lifted` is no conflict any more.

    `part_of` is the record it was merged into, `parts` are those that were merged into it, and
    `merged_at` is when headquarters last merged or separated it: facts may come in any order.
    Links that the record was given before `signed_out_at`, by the wall's time, sign nothing.
    """

    family_id: str
    region: str
    part_of: str | None = None
    merged_at: Moment | None = None
    parts: tuple[str, ...] = ()
    matches: tuple[BoundMatch, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    lifted: tuple[Exclusion, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    signed_out_at: Moment | None = None

    def bind(self, match_id: str, family_id: str) -> Self:
        """Bind the family to a proposal; it has one open match, whatever it asked for."""
        if self.matches:
            raise IllegalStep("family_has_open_match", ("view_match",))
        bound = BoundMatch(match_id=match_id, family_id=family_id)
        return self._with(matches=(*self.matches, bound))

    def release(self, match_id: str, family_id: str, *, exclude: Guardian | None = None) -> Self:
        """Free the family of a match that is over; `exclude` is never proposed to it again."""
        left = tuple(each for each in self.matches if each.match_id != match_id)
        freed = self._with(matches=left)
        if exclude is None:
            return freed
        conflict = Exclusion(
            guardian_id=exclude.guardian_id, family_id=family_id, organisation=exclude.inn_index
        )
        return freed._with(exclusions=tuple(dict.fromkeys((*self.exclusions, conflict))))

    def readmit(self, guardian: Guardian, family_id: str) -> Self:
        """Let a guardian be proposed again that was left out by a conflict which was none."""
        failed = [each for each in self.exclusions if each.guardian_id == guardian.guardian_id]
        known = Exclusion(
            guardian_id=guardian.guardian_id, family_id=family_id, organisation=guardian.inn_index
        )
        return self._with(
            exclusions=tuple(each for each in self.exclusions if each not in failed),
            lifted=tuple(dict.fromkeys((*self.lifted, *failed, known))),
        )

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
        failed = {name for each in self.exclusions for name in each.names}
        lifted = {name for each in self.lifted for name in each.names}
        return family.leaving_out(failed).letting_in(lifted - failed)

    def knows_later(self, at: datetime) -> bool:
        """Whether a later merge or separation of this record is known."""
        return self.merged_at is not None and self.merged_at >= at

    def sign_out(self, at: datetime) -> Self:
        """Let links of before be good no more; an earlier moment that is heard of late is known."""
        if self.signed_out_at is not None and at <= self.signed_out_at:
            return self
        return self._with(signed_out_at=at)

    def without(self, record: str) -> Self:
        """Return the bond without the entries of one record."""
        return self._with(
            parts=tuple(each for each in self.parts if each != record),
            matches=tuple(each for each in self.matches if each.family_id != record),
            exclusions=tuple(each for each in self.exclusions if each.family_id != record),
            lifted=tuple(each for each in self.lifted if each.family_id != record),
            refusals=tuple(each for each in self.refusals if each.family_id != record),
        )

    def taking(self, other: Self, record: str) -> Self:
        """Return the bond with the entries of one record, which another bond has held."""
        theirs = (each for each in other.matches if each.family_id == record)
        failed = (each for each in other.exclusions if each.family_id == record)
        lifted = (each for each in other.lifted if each.family_id == record)
        refused = (each for each in other.refusals if each.family_id == record)
        merged = () if record == self.family_id else (record,)
        return self._with(
            parts=tuple(dict.fromkeys((*self.parts, *merged))),
            matches=tuple(dict.fromkeys((*self.matches, *theirs))),
            exclusions=tuple(dict.fromkeys((*self.exclusions, *failed))),
            lifted=tuple(dict.fromkeys((*self.lifted, *lifted))),
            refusals=tuple(dict.fromkeys((*self.refusals, *refused))),
        )

    def belonging_to(self, whole: str | None, at: datetime) -> Self:
        """Return a record that is part of another one from then on, or of none."""
        return self._with(part_of=whole, merged_at=at)


def moved(
    bonds: Mapping[str, FamilyBond], record: str, whole: str | None, at: datetime
) -> dict[str, FamilyBond]:
    """Return the bonds that change when a record becomes part of another one, or of none.

    The entries of a record are always kept by the one that it is part of, so they follow it from
    wherever they are: whichever merges and separations have been heard of, in whichever order, the
    last one that headquarters made decides. `bonds` holds the record, where it was and where it
    goes.
    """
    part = bonds[record]
    held_by, kept_by = part.part_of or record, whole or record
    changed = {record: part.belonging_to(whole, at)}
    if held_by != kept_by:
        found = {**bonds, **changed}
        changed[kept_by] = found[kept_by].taking(found[held_by], record)
        changed[held_by] = found[held_by].without(record)
    return changed
