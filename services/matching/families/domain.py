"""What matching knows of a family: that it needs a guardian, for which needs, and who is out.

Intake owns the case; this is a projection of its events, which may come late, twice and in any
order. The marker («требуется опека») and the needs are ordered apart, by the sequence of the event
that set them, so every order of arrival ends in the same state.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.matching.guardians.values import Programme
from shared.domain import ValueObject
from shared.errors import IllegalStep

SETTLED = frozenset({"met", "dropped"})


class FamilyNeed(ValueObject):
    """One need: what kind of help, and whether it still waits."""

    need_id: str
    category: str
    status: str


class Family(BaseModel):
    """A family as far as guardians are concerned; never who they are."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

    case_id: str
    region: str
    programme: Programme = Programme.SERVICE_MEMBER_CARE
    district: str | None = None
    needs: tuple[FamilyNeed, ...] = ()
    required: bool = False
    closed: bool = False
    flagged_at: datetime | None = None
    excluded: tuple[str, ...] = ()
    match_id: str | None = None
    marker_sequence: int = 0
    needs_sequence: int = 0
    version: int = 0

    def care_required(
        self,
        sequence: int,
        *,
        district: str,
        needs: tuple[FamilyNeed, ...],
        excluded: Iterable[str],
        flagged_at: datetime,
    ) -> Self:
        """Headquarters has set the marker, for the first time or again."""
        marked = self._with(excluded=tuple(sorted({*self.excluded, *excluded})))
        if sequence > self.marker_sequence:
            marked = marked._marked(
                sequence, required=True, closed=False, district=district, flagged_at=flagged_at
            )
        return marked.needs_changed(sequence, needs)

    def needs_changed(self, sequence: int, needs: tuple[FamilyNeed, ...]) -> Self:
        """The whole list of needs, as intake sees it now."""
        if sequence <= self.needs_sequence:
            return self
        return self._with(needs=needs, needs_sequence=sequence)

    def requirement_lifted(self, sequence: int, *, closed: bool) -> Self:
        """The family needs no guardian any more."""
        if sequence <= self.marker_sequence:
            return self
        return self._marked(sequence, required=False, closed=closed)

    @property
    def open_needs(self) -> tuple[FamilyNeed, ...]:
        """Needs that nobody has met yet."""
        return tuple(need for need in self.needs if need.status not in SETTLED)

    @property
    def open_categories(self) -> tuple[str, ...]:
        """The kinds of help still needed, each once."""
        return tuple(sorted({need.category for need in self.open_needs}))

    @property
    def waiting(self) -> bool:
        """Whether a guardian is looked for."""
        return self.required and self.match_id is None and bool(self.open_needs)

    def bind(self, match_id: str) -> Self:
        """A guardian is proposed; there is one open match per family at a time."""
        if self.match_id is not None:
            raise IllegalStep("family_has_open_match", ("view_match",))
        if not self.required:
            raise IllegalStep("care_not_required")
        if not self.open_needs:
            raise IllegalStep("no_open_needs")
        return self._with(match_id=match_id)

    def release(self, match_id: str, *, exclude: str | None = None) -> Self:
        """The match is over; after a conflict its guardian is never proposed again."""
        excluded = {*self.excluded, exclude} if exclude else set(self.excluded)
        freed = None if self.match_id == match_id else self.match_id
        return self._with(match_id=freed, excluded=tuple(sorted(excluded)))

    def _marked(self, sequence: int, **changes: object) -> Self:
        return self._with(marker_sequence=sequence, **changes)

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update=changes)
