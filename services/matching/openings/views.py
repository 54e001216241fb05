"""What goes out about the families that a guardian suits."""

from typing import Self

from services.matching.bonds.values import LastRefusal
from services.matching.families.domain import Family
from services.matching.families.views import WaitingView, waiting_view
from services.matching.ranking.values import Candidate
from services.matching.reach.domain import Nearness
from shared.domain import AidCategory


class SuitedFamily(WaitingView):
    """A waiting family that a guardian suits, with what it would do for it."""

    coverage: float
    covered: tuple[AidCategory, ...]
    uncovered: tuple[AidCategory, ...]
    nearness: Nearness
    km: int | None
    last_refusal: LastRefusal | None

    @classmethod
    def of_pair(cls, family: Family, judged: Candidate) -> Self:
        """Return a family with the judgement on the guardian."""
        return cls.of(judged, **dict(waiting_view(family)))
