"""What is kept of a match, and what follows from it alone."""

from datetime import date, datetime
from typing import ClassVar

from services.matching.follow_ups.domain import FollowUp
from services.matching.guardians.values import Programme
from services.matching.matches.time_limits import (
    DEADLINES,
    INTRODUCTION_LIMIT,
    SECOND_NOTICE_LIMIT,
)
from services.matching.matches.values import (
    STEPS,
    CareAgreement,
    Ending,
    Introduction,
    MatchStatus,
    Need,
    Notice,
    Party,
)
from shared.domain import TimedAggregate


class MatchFacts(TimedAggregate):
    """The facts of a match; what may be done with it is in `domain`."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "match_is_{status}"
    DEADLINES: ClassVar = DEADLINES

    match_id: str
    case_id: str
    family_id: str
    guardian_id: str
    programme: Programme
    region: str
    district: str
    status: MatchStatus = MatchStatus.PROPOSED
    proposed_at: datetime
    proposed_by: str
    needs: tuple[Need, ...]
    uncovered: tuple[str, ...] = ()
    override_reason: str | None = None
    introduction: Introduction | None = None
    agreement: CareAgreement | None = None
    agreed_at: datetime | None = None
    started_on: date | None = None
    visits: int = 0
    last_visit_on: date | None = None
    reports: int = 0
    last_report_at: datetime | None = None
    stories: int = 0
    follow_ups: tuple[FollowUp, ...] = ()
    notices: tuple[Notice, ...] = ()
    ending: Ending | None = None
    over_by: str | None = None
    over_reason: str | None = None
    over_at: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def introduction_due_at(self) -> datetime:
        """72 running hours after the proposal; weekends count."""
        return self.proposed_at + INTRODUCTION_LIMIT

    @property
    def is_open(self) -> bool:
        """Whether the family is bound to this match."""
        return self.status.open

    @property
    def in_care(self) -> bool:
        """Whether the family receives permanent help."""
        return self.status.in_care

    @property
    def contacts_released(self) -> bool:
        """Family and guardian may know each other's contact from the introduction to the end."""
        return self.introduction is not None and self.is_open

    @property
    def asked(self) -> Party | None:
        """The side that is asked for its notice, once the other has given its own."""
        given = {notice.by for notice in self.notices}
        return next((side for side in Party if given and side not in given), None)

    @property
    def hq_may_end_at(self) -> datetime | None:
        """From when the headquarters need not wait for the second notice."""
        return self.notices[0].at + SECOND_NOTICE_LIMIT if self.notices else None
