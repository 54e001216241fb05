"""The mediation of a match: concerns add up until the headquarters has a result."""

from collections.abc import Iterator
from datetime import datetime
from itertools import dropwhile
from typing import ClassVar, Self

from services.matching.matches.domain import Match
from services.matching.mediation.values import (
    STEPS,
    MediationResult,
    MediationStatus,
    RaisedConcern,
    mediation_id,
)
from shared.domain import StatefulAggregate

# What is kept of each side's concerns, and of results; older ones are counted.
MOST_KEPT = 20
CONCERN = "raise_concern"


class Mediation(StatefulAggregate):
    """What worries a family or a guardian; one match has one, which may be opened again."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "mediation_is_{status}"

    mediation_id: str
    match_id: str
    case_id: str
    family_id: str
    guardian_id: str
    region: str
    programme: str
    status: MediationStatus = MediationStatus.ENDED
    opened_at: datetime | None = None
    raised: int = 0
    ended: int = 0
    concerns: tuple[RaisedConcern, ...] = ()
    results: tuple[MediationResult, ...] = ()

    @classmethod
    def of(cls, match: Match) -> Self:
        """Return the mediation of a match before any concern."""
        return cls(
            mediation_id=mediation_id(match.match_id),
            match_id=match.match_id,
            case_id=match.case_id,
            family_id=match.family_id,
            guardian_id=match.guardian_id,
            region=match.region,
            programme=match.programme.value,
        )

    def offered_with(self, match: Match) -> Self:
        """Return the same, offering what a caller may do of it who is shown the match like this."""
        return self.shown_to(lambda step: step != CONCERN or CONCERN in match.next_steps)

    def raise_concern(self, concern: RaisedConcern) -> Self:
        """Add a concern; the first one opens the mediation."""
        self._require("raise_concern")
        is_open = self.status is MediationStatus.OPEN
        return self._with(
            status=MediationStatus.OPEN,
            opened_at=self.opened_at if is_open else concern.at,
            raised=self.raised + 1,
            concerns=tuple(_kept((*self.concerns, concern), concern.by)),
        )

    @property
    def records(self) -> frozenset[str]:
        """The sealed words about the concerns and results that are kept."""
        said: tuple[RaisedConcern | MediationResult, ...] = (*self.concerns, *self.results)
        return frozenset(each.record for each in said if each.record)

    def rests_on(self, call: str) -> bool:
        """Return whether it is open for what was said in that call alone."""
        return [each.call for each in self._open_concerns] == [call]

    def knows_of(self, call: str | None) -> bool:
        """Return whether it is open for what was said in that call, among others."""
        return call is not None and any(each.call == call for each in self._open_concerns)

    @property
    def _open_concerns(self) -> tuple[RaisedConcern, ...]:
        if self.status is not MediationStatus.OPEN:
            return ()
        # In the order in which they were heard of: an earlier one may be heard of later.
        return tuple(dropwhile(lambda each: each.at != self.opened_at, self.concerns))

    def end(self, result: MediationResult) -> Self:
        """Close the mediation by its result."""
        self._require("end_mediation")
        return self._with(
            status=MediationStatus.ENDED,
            ended=self.ended + 1,
            results=(*self.results, result)[-MOST_KEPT:],
        )


def _kept(concerns: tuple[RaisedConcern, ...], side: str) -> Iterator[RaisedConcern]:
    """Yield what is kept: a side that raises many pushes out its own alone."""
    own = sum(each.by == side for each in concerns)
    for each in concerns:
        if each.by == side:
            own -= 1
        if each.by != side or own < MOST_KEPT:
            yield each
