"""What matching knows of a family: that it needs a guardian, for which needs, and who is excluded.

Intake owns the case; this is a projection of its events, which may come late, twice and in any
order. The marker («требуется опека») and the needs are each ordered by the sequence of the event
that set them, so every order of arrival ends in the same state.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Self

from services.matching.families.values import ANIMAL_CARE, FamilyNeed, HomeCondition, Profile
from services.matching.guardians.values import Programme
from shared.domain import Aggregate
from shared.errors import IllegalStep


class Family(Aggregate):
    """A family in one case, as far as guardians are concerned, without its people."""

    case_id: str
    family_id: str
    region: str
    number: str = ""
    programme: Programme = Programme.SERVICE_MEMBER_CARE
    district: str | None = None
    profile: Profile = Profile()
    needs: tuple[FamilyNeed, ...] = ()
    required: bool = False
    closed: bool = False
    flagged_at: datetime | None = None
    excluded_here: tuple[str, ...] = ()
    match_id: str | None = None
    excluded_known: tuple[str, ...] = ()
    marker_sequence: int = 0
    needs_sequence: int = 0
    details_sequence: int = 0

    def care_required(
        self,
        sequence: int,
        *,
        number: str,
        district: str,
        needs: tuple[FamilyNeed, ...],
        excluded: Iterable[str],
        profile: Profile,
        flagged_at: datetime,
    ) -> Self:
        """Set the marker, for the first time or again, with the needs of that moment."""
        family = self._with(number=number).details_changed(
            sequence, district=district, excluded=excluded, profile=profile
        )
        if sequence > self.marker_sequence:
            family = family._with(
                marker_sequence=sequence, required=True, closed=False, flagged_at=flagged_at
            )
        elif family.flagged_at is None or family.flagged_at < flagged_at:
            # What came later has been heard first; it may need a guardian since then.
            family = family._with(flagged_at=flagged_at)
        return family.needs_changed(sequence, needs)

    def details_changed(
        self, sequence: int, *, district: str, excluded: Iterable[str], profile: Profile
    ) -> Self:
        """Replace district, excluded guardians and profile, unless later ones are known."""
        if sequence <= self.details_sequence:
            return self
        known = tuple(sorted({*excluded}))
        return self._with(
            district=district, excluded_known=known, profile=profile, details_sequence=sequence
        )

    def needs_changed(self, sequence: int, needs: tuple[FamilyNeed, ...]) -> Self:
        """Replace the whole list of needs, unless a later one is known."""
        if sequence <= self.needs_sequence:
            return self
        return self._with(needs=needs, needs_sequence=sequence)

    def requirement_lifted(self, sequence: int, *, closed: bool) -> Self:
        """Take the marker away, unless a later one is known."""
        if sequence <= self.marker_sequence:
            return self
        return self._with(marker_sequence=sequence, required=False, closed=closed)

    def requirement_back(self, sequence: int) -> Self:
        """Set the marker again when a case is in care again, unless a later one is known."""
        if sequence <= self.marker_sequence:
            return self
        return self._with(marker_sequence=sequence, required=True, closed=False)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The guardians that are not proposed to the family, whatever case they failed in."""
        return tuple(sorted({*self.excluded_here, *self.excluded_known}))

    def leaving_out(self, guardians: Iterable[str]) -> Self:
        """Leave out these guardians too, which failed in another case of the family."""
        return self._with(excluded_here=tuple(sorted({*self.excluded_here, *guardians})))

    def letting_in(self, guardians: Collection[str]) -> Self:
        """Leave out these guardians no more, whatever intake has said before."""
        return self._with(
            excluded_here=tuple(each for each in self.excluded_here if each not in guardians),
            excluded_known=tuple(each for each in self.excluded_known if each not in guardians),
        )

    @property
    def open_needs(self) -> tuple[FamilyNeed, ...]:
        """The needs that are neither met nor dropped."""
        return tuple(need for need in self.needs if need.open)

    @property
    def open_categories(self) -> tuple[str, ...]:
        """The kinds of help still needed, each once."""
        return tuple(sorted({need.category for need in self.open_needs}))

    @property
    def conditions(self) -> tuple[str, ...]:
        """What helpers have to cope with; who needs help with animals has some at home."""
        animals = ANIMAL_CARE in self.open_categories
        more = (HomeCondition.ANIMALS_AT_HOME.value,) if animals else ()
        return (*self.profile.home_conditions, *more)

    def waited_hours(self, now: datetime) -> int:
        """Return for how many full hours the family has waited for a guardian."""
        return max(0, int((now - (self.flagged_at or now)).total_seconds() // 3600))

    def waits_longer(self, limit: timedelta, now: datetime) -> bool:
        """Return whether it has waited for more than so long."""
        return self.flagged_at is not None and now - self.flagged_at > limit

    @property
    def waiting(self) -> bool:
        """Whether a guardian is looked for."""
        return self.required and self.match_id is None and bool(self.open_needs)

    def bind(self, match_id: str) -> Self:
        """Bind the family to a proposal; it has one open match at a time."""
        if self.match_id is not None:
            raise IllegalStep("family_has_open_match", ("view_match",))
        if not self.required:
            raise IllegalStep("family_case_closed" if self.closed else "care_not_required")
        if not self.open_needs:
            raise IllegalStep("no_open_needs")
        return self._with(match_id=match_id)

    def release(self, match_id: str) -> Self:
        """Free the family of a match that is over."""
        return self._with(match_id=None) if self.match_id == match_id else self
