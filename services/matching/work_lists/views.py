"""What a coordinator sees of the work: ids, codes, hours, and the names that are public."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from services.matching.matches.domain import Match
from services.matching.matches.values import MatchStatus
from services.matching.next_work.domain import work_of
from services.matching.next_work.values import WorkKind
from shared import clock
from shared.api.models import View
from shared.reference import regions

HOUR = 3600


class WorkRow(View):
    """A match with what is to be done next; `hours_left` is negative once it is over the time."""

    match_id: str
    case_id: str
    number: str
    guardian_id: str
    guardian_title: str | None
    district_id: str
    stage: MatchStatus
    work: WorkKind
    due_at: datetime
    hours_left: int
    version: int

    @classmethod
    def of_match(cls, match: Match) -> Self:
        """Show the next work about an open match."""
        work = work_of(match, regions.zone(match.region))
        if work is None:
            raise ValueError("a match that is over has no work")
        left = (work.due_at - clock.now()).total_seconds()
        return cls.of(
            match,
            district_id=match.district,
            stage=match.status,
            work=work.kind,
            due_at=work.due_at,
            hours_left=int(left // HOUR),
        )


class StageCounts(View):
    """How many matches of a stage are over their time, have until today, or longer.

    `more`: some number here is the most that is counted, and there are more.
    """

    stage: MatchStatus
    overdue: int
    today: int
    later: int
    more: bool

    @classmethod
    def of_ranges(cls, stage: MatchStatus, found: Sequence[tuple[int, bool]]) -> Self:
        """Show what was counted before now, until tonight, and later."""
        overdue, today, later = (number for number, _ in found)
        more = any(more for _, more in found)
        return cls(stage=stage, overdue=overdue, today=today, later=later, more=more)


class WorkCounts(View):
    """How much work a region has, and how many families wait for a guardian."""

    waiting: int
    overdue: int
    today: int
    more: bool
    stages: tuple[StageCounts, ...]

    @classmethod
    def of_stages(cls, stages: Sequence[StageCounts], waiting: tuple[int, bool]) -> Self:
        """Add the stages up."""
        return cls(
            waiting=waiting[0],
            overdue=sum(each.overdue for each in stages),
            today=sum(each.today for each in stages),
            more=waiting[1] or any(each.more for each in stages),
            stages=tuple(stages),
        )
