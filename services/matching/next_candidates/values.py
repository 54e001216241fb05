"""The guardians that come next, should the proposed one not become the family's."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from services.matching.ranking.values import Candidate
from services.matching.reach.domain import Nearness
from shared.domain import AidCategory, ValueObject

MOST = 5


class NextCandidate(ValueObject):
    """A guardian that may be proposed next; the `standby` was named with the proposal."""

    guardian_id: str
    title: str | None = None
    coverage: float
    uncovered: tuple[AidCategory, ...] = ()
    nearness: Nearness
    standby: bool = False


class NextInLine(ValueObject):
    """The next guardians, best first, as they stood at that moment; none holds a place."""

    prepared_at: datetime
    candidates: tuple[NextCandidate, ...] = ()

    @classmethod
    def of(
        cls, found: Iterable[Candidate], without: str, standby_id: str | None, at: datetime
    ) -> Self:
        """Return the best of the ranked, the standby before all, `without` the one proposed."""
        ranked = [each for each in found if each.guardian_id != without]
        ranked.sort(key=lambda each: each.guardian_id != standby_id)
        candidates = (
            NextCandidate(
                guardian_id=each.guardian_id,
                title=each.title,
                coverage=each.coverage,
                uncovered=each.uncovered,
                nearness=each.nearness,
                standby=each.guardian_id == standby_id,
            )
            for each in ranked[:MOST]
        )
        return cls(prepared_at=at, candidates=tuple(candidates))

    @property
    def guardian_ids(self) -> tuple[str, ...]:
        """The guardians by id, the next one first."""
        return tuple(each.guardian_id for each in self.candidates)
