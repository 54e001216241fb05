"""What is known of a match; its verbs stand in `domain`."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.matching.follow_ups.domain import FollowUp
from services.matching.guardians.values import Programme
from services.matching.matches import time_limits
from services.matching.matches.values import (
    IN_CARE,
    NEXT_STEPS,
    OPEN,
    CareAgreement,
    Ending,
    Introduction,
    MatchStatus,
    Need,
    Notice,
    Party,
)
from shared.errors import IllegalStep
from shared.reference import calendar, regions


class MatchRecord(BaseModel):
    """All that is stored of a match, and what can be read off it."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

    match_id: str
    case_id: str
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
    warned: bool = False
    overdue: bool = False
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
    notice_reminded: bool = False
    ending: Ending | None = None
    over_by: str | None = None
    over_reason: str | None = None
    over_at: datetime | None = None
    notes: tuple[str, ...] = ()
    version: int = 0

    @property
    def introduction_due_at(self) -> datetime:
        """72 running hours after the proposal; weekends count."""
        return self.proposed_at + time_limits.INTRODUCTION_LIMIT

    @property
    def is_open(self) -> bool:
        """Whether the family is bound to this match."""
        return self.status in OPEN

    @property
    def in_care(self) -> bool:
        """Whether the family receives permanent help."""
        return self.status in IN_CARE

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
        return self.notices[0].at + time_limits.SECOND_NOTICE_LIMIT if self.notices else None

    def _agreed_need(self, need_id: str) -> Need:
        needs = self.agreement.needs if self.agreement else ()
        for need in needs:
            if need.need_id == need_id:
                return need
        raise IllegalStep("need_not_in_agreement", NEXT_STEPS[self.status])

    def _may_confirm(self, at: datetime) -> bool:
        until = self.hq_may_end_at
        return self.asked is None or until is None or at >= until

    def _over(self, status: MatchStatus, by: str, reason: str, at: datetime) -> Self:
        return self._with(status=status, over_by=by, over_reason=reason, over_at=at)

    def _local(self, moment: datetime) -> date:
        return calendar.local_date(regions.zone(self.region), moment)

    def _expect(self, step: str) -> None:
        if step not in NEXT_STEPS[self.status]:
            raise IllegalStep(f"match_is_{self.status}", NEXT_STEPS[self.status], step=step)

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update=changes)
