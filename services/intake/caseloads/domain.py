"""The hand-over of a caseload: which cases, to which colleague, and the result of each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Self

from services.intake.caseloads.values import CaseResult, TransferredCase, TransferStatus
from services.intake.cases.domain import Case
from shared.domain import Aggregate, Moment
from shared.errors import Invalid

# With what is said of each, one document holds so many.
MOST_CASES = 500


class CaseloadTransfer(Aggregate):
    """The open cases that one coordinator had in a region when a colleague was to have them.

    `roles` are those in which the colleague is known to work there: a case stays with the role that
    took it. `chosen` are single cases, to which none is added; `more` says that there were more
    cases than one transfer takes.
    """

    transfer_id: str
    region: str
    district: str | None = None
    taken_from: str
    taken_by: str
    roles: tuple[str, ...]
    reason: str
    opened_by: str
    opened_as: str
    opened_at: Moment
    moved_at: Moment
    ended_at: Moment | None = None
    cases: tuple[TransferredCase, ...] = ()
    chosen: bool = False
    more: bool = False

    @property
    def status(self) -> TransferStatus:
        """Whether cases still wait for their turn."""
        return TransferStatus.MOVING if self.ended_at is None else TransferStatus.DONE

    @property
    def due_at(self) -> datetime | None:
        """When the next step is due: at once until all is done."""
        return self.moved_at if self.ended_at is None else None

    def of_part(self, most: int) -> Sequence[TransferredCase]:
        """Return the next cases, those first whose limit ends first."""
        return [each for each in self.cases if each.waits][:most]

    def plan(self, found: Sequence[Case]) -> Self:
        """Add what the coordinator had then and is not in the plan yet; later ones stay.

        Of more than MOST_CASES that were `found` there may be others, be they of another district.
        """
        known = {each.case_id for each in self.cases}
        new = [
            TransferredCase(case_id=case.case_id, number=case.number)
            for case in found
            if case.case_id not in known and self._concerns(case)
        ]
        room = MOST_CASES - len(self.cases)
        more = self.more or len(new) > room or len(found) > MOST_CASES
        return self._with(cases=(*self.cases, *new[:room]), more=more)

    def choose(self, case_ids: Sequence[str], found: Iterable[Case]) -> Self:
        """Plan these cases alone; refuse those that the coordinator does not have, all at once."""
        theirs = [case for case in found if case.open and case.taken_by == self.taken_from]
        planned = self.plan([case for case in theirs if case.region == self.region])
        known = {each.case_id for each in planned.cases}
        if foreign := [each for each in case_ids if each not in known]:
            raise Invalid("cases_of_others", "/case_ids", cases=", ".join(foreign))
        return planned._with(chosen=True)

    def result_of(self, case: Case) -> CaseResult:
        """Return what has become of a case; `waiting` when it is to go over now."""
        if not case.open:
            return CaseResult.CLOSED
        if case.taken_by != self.taken_from:
            moved = case.taken_by == self.taken_by
            return CaseResult.MOVED if moved else CaseResult.TAKEN_OVER
        return CaseResult.WAITING if case.coordinator_role in self.roles else CaseResult.OTHER_ROLE

    def note(self, results: Mapping[str, CaseResult], at: datetime) -> Self:
        """Note the results of some cases."""
        noted = (each._with(result=results.get(each.case_id, each.result)) for each in self.cases)
        return self._with(cases=tuple(noted), moved_at=at)

    def end(self, at: datetime) -> Self:
        """Note that no case waits for its turn any more."""
        return self._with(ended_at=at)

    @property
    def moved(self) -> int:
        """How many cases the colleague has now."""
        return self._count(CaseResult.MOVED)

    @property
    def waiting(self) -> int:
        """How many cases wait for their turn."""
        return self._count(CaseResult.WAITING)

    @property
    def left(self) -> int:
        """How many cases did not go over."""
        return len(self.cases) - self.moved - self.waiting

    def _count(self, result: CaseResult) -> int:
        return sum(each.result is result for each in self.cases)

    def _concerns(self, case: Case) -> bool:
        there = self.district in (None, case.district)
        return there and (case.taken_at is None or case.taken_at <= self.opened_at)
