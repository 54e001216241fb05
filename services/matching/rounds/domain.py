"""A round of proposals for a region: solved, looked at, then proposed pair by pair."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from services.matching.assignment.problem import Method
from services.matching.headquarters.values import Authority
from services.matching.ranking.suggestions import FairShare, Unsuited, WhyNot
from services.matching.rounds.values import PairStatus, PlannedPair, RoundStatus
from shared.domain import Aggregate, StatefulAggregate
from shared.errors import Invalid

STEPS: Mapping[RoundStatus, Mapping[str, Any]] = {
    RoundStatus.SOLVING: {},
    RoundStatus.READY: {"commit_round": RoundStatus.PROPOSING},
    RoundStatus.PROPOSING: {},
    RoundStatus.DONE: {},
    RoundStatus.FAILED: {},
}


class Reasons(Aggregate):
    """Why families of a round have another guardian than the best one for them, or none."""

    round_id: str
    why_not: tuple[WhyNot, ...] = ()
    unsuited: tuple[Unsuited, ...] = ()


class Round(StatefulAggregate):
    """The pairs of one assignment; nothing is proposed until a coordinator commits them.

    `place` says where the work goes on after an interruption.
    """

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "round_is_{status}"

    round_id: str
    region: str
    opened_at: datetime
    moved_at: datetime
    coordinator: Authority
    status: RoundStatus = RoundStatus.SOLVING
    pairs: tuple[PlannedPair, ...] = ()
    without: tuple[str, ...] = ()
    fair_shares: tuple[FairShare, ...] = ()
    value: int = 0
    bound: int = 0
    checked_bound: int = 0
    method: Method | None = None
    more_waiting: bool = False
    override_reason: str | None = None
    place: int = 0
    failure: str | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the next step is due: at once while there is work."""
        working = self.status in (RoundStatus.SOLVING, RoundStatus.PROPOSING)
        return self.moved_at if working else None

    @property
    def gap(self) -> float:
        """The share of the optimum that can at most be missing."""
        return (self.bound - self.value) / (abs(self.bound) or 1)

    def solve(self, pairs: tuple[PlannedPair, ...], at: datetime, **proof: object) -> Self:
        """Keep the answer, for the coordinator to look at."""
        return self._with(status=RoundStatus.READY, pairs=pairs, moved_at=at, **proof)

    def commit(
        self,
        left_out: Iterable[str],
        override_reason: str | None,
        coordinator: Authority,
        at: datetime,
    ) -> Self:
        """Accept the pairs but for those left out; from now on they are proposed."""
        self._require("commit_round")
        known = {pair.case_id for pair in self.pairs}
        out = {*left_out}
        if unknown := sorted(out - known):
            raise Invalid("case_not_in_round", "/leave_out", cases=", ".join(unknown))
        pairs = tuple(
            pair._with(status=PairStatus.LEFT_OUT) if pair.case_id in out else pair
            for pair in self.pairs
        )
        return self._with(
            status=RoundStatus.PROPOSING,
            pairs=pairs,
            override_reason=override_reason,
            coordinator=coordinator,
            moved_at=at,
        )

    def advance(self, done: list[PlannedPair], at: datetime) -> Self:
        """Note what happened to the next pairs."""
        end = self.place + len(done)
        pairs = (*self.pairs[: self.place], *done, *self.pairs[end:])
        status = RoundStatus.DONE if end >= len(pairs) else RoundStatus.PROPOSING
        return self._with(pairs=pairs, place=end, status=status, moved_at=at)

    def fail(self, failure: str, at: datetime) -> Self:
        """End the round with words; what was proposed stays proposed."""
        return self._with(status=RoundStatus.FAILED, failure=failure, moved_at=at)

    def count(self, status: PairStatus) -> int:
        """Return how many pairs have a status."""
        return sum(pair.status is status for pair in self.pairs)
