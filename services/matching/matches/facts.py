"""What is kept of a match, what follows from it, and the times that the programme promises.

A deadline is announced by the event of its name, in `shared.events`.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

from services.matching.follow_ups.domain import FollowUp, next_call
from services.matching.follow_ups.values import FollowUpStatus
from services.matching.guardians.values import Programme
from services.matching.matches.values import (
    STEPS,
    Answer,
    CancelReason,
    CareAgreement,
    Delay,
    Ending,
    Hearing,
    Introduction,
    MatchStatus,
    Need,
    Notice,
    Party,
)
from services.matching.next_candidates.values import NextInLine
from shared.domain import Deadline, TimedAggregate
from shared.reference import calendar

# 72 running hours; weekends count.
INTRODUCTION_LIMIT = timedelta(hours=72)
# After the proposal; the place is needed by another family, and this one by another guardian.
LAPSE = timedelta(days=7)
# After the lapse; what was forgotten for longer is proposed anew.
LATE_RECORD = timedelta(days=30)
SECOND_NOTICE_LIMIT = timedelta(hours=72)
# So many of the first days of help are kept, so that the start can follow when one is taken back;
# of more helps than that they are looked up.
MOST_FIRST_DAYS = 30
# What a side said earlier was about another quarrel.
HEARING_COUNTS = timedelta(days=30)
# Limits are kept to the second: 72:00:00 is in time, 72:00:01 is late.
TICK = timedelta(seconds=1)

# The deadlines that change the match: who is next is looked up, a proposal is over.
NEXT, OVERDUE, LAPSED = "next_candidates_prepared", "introduction_overdue", "match_cancelled"
MISSED, UNSIGNED = "follow_up_missed", "agreement_awaited"
# Promises that were not kept: reminders are worth nothing once a person has acted, these stay.
BREACHES = (OVERDUE, MISSED)

Moment = Callable[[Any, ZoneInfo], datetime | None]


def _unmet_for(limit: timedelta) -> Moment:
    """Return so long after the proposal, while family and guardian have not met."""
    return lambda match, _: (
        match.proposed_at + limit if match.status is MatchStatus.PROPOSED else None
    )


def _unsigned_for(limit: timedelta) -> Moment:
    """Return so long after there was something to sign, while both have not."""
    return lambda match, _: None if match.unsigned_since is None else match.unsigned_since + limit


def _unhelped_for(limit: timedelta) -> Moment:
    """Return so long after help should begin, while there was none; an old day is no news."""

    def moment(match: Any, zone: ZoneInfo) -> datetime | None:
        if match.status is not MatchStatus.AGREED:
            return None
        signed_on = calendar.local_date(zone, match.agreed_at)
        return calendar.end_of_day(zone, max(match.agreement.starts_on, signed_on) + limit)

    return moment


def _unanswered_for(limit: timedelta) -> Moment:
    """Return so long after the first notice, while the other side is asked for its own."""
    return lambda match, _: (
        match.notices[0].at + limit
        if match.status is MatchStatus.ENDING and match.asked is not None
        else None
    )


def _call(status: FollowUpStatus) -> Moment:
    """Return when the next call of that status moves on; while an ending is decided none does."""

    def moment(match: Any, zone: ZoneInfo) -> datetime | None:
        if match.status is not MatchStatus.ACTIVE:
            return None
        call = next_call((each for each in match.follow_ups if each.status is status), zone)
        return None if call is None else call.next_moment(zone)

    return moment


DEADLINES = (
    Deadline(NEXT, _unmet_for(timedelta(hours=24))),
    Deadline("introduction_due_soon", _unmet_for(timedelta(hours=48))),
    Deadline("introduction_at_risk", _unmet_for(timedelta(hours=60))),
    Deadline(OVERDUE, _unmet_for(INTRODUCTION_LIMIT + TICK)),
    Deadline(LAPSED, _unmet_for(LAPSE)),
    Deadline(UNSIGNED, _unsigned_for(timedelta(days=7))),
    Deadline("first_help_awaited", _unhelped_for(timedelta(days=7))),
    Deadline("follow_up_due", _call(FollowUpStatus.PLANNED)),
    Deadline(MISSED, _call(FollowUpStatus.DUE)),
    Deadline("notice_awaited", _unanswered_for(timedelta(hours=24))),
)
# The rungs before the breach, each a line above it; once it has come, none of them is told.
RUNGS = tuple(takewhile(lambda name: name != OVERDUE, (each.name for each in DEADLINES)))


class Passed(NamedTuple):
    """A deadline that has come, with the call it is about."""

    deadline: str
    call: FollowUp | None = None


class MatchFacts(TimedAggregate):
    """The facts of a match; what may be done with it is in `domain`."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "match_is_{status}"
    DEADLINES: ClassVar = DEADLINES
    NUMBERED: ClassVar = False  # it is the family's, which the guardian hears when they have met

    match_id: str
    case_id: str
    number: str
    family_id: str
    guardian_id: str
    guardian_title: str | None = None
    programme: Programme
    region: str
    district: str
    status: MatchStatus = MatchStatus.PROPOSED
    proposed_at: datetime
    proposed_by: str
    needs: tuple[Need, ...]
    settled_needs: tuple[str, ...] = ()
    needs_met_at: datetime | None = None
    uncovered: tuple[str, ...] = ()
    override_reason: str | None = None
    answers: tuple[Answer, ...] = ()
    delay: Delay | None = None
    next_in_line: NextInLine | None = None
    introduction: Introduction | None = None
    continues: str | None = None
    continued_by: str | None = None
    agreement: CareAgreement | None = None
    next_agreement: CareAgreement | None = None
    former_agreements: tuple[CareAgreement, ...] = ()
    signed_by: tuple[str, ...] = ()
    agreed_at: datetime | None = None
    started_on: date | None = None
    visits: int = 0
    last_visit_on: date | None = None
    first_days: tuple[date, ...] = ()
    last_report_at: datetime | None = None
    follow_ups: tuple[FollowUp, ...] = ()
    family_forgotten: bool = False
    notices: tuple[Notice, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    ending: Ending | None = None
    over_by: str | None = None
    over_reason: str | None = None
    over_at: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def unsigned_agreement(self) -> CareAgreement | None:
        """The text that waits for signatures: the first one, or the next version of it."""
        return self.agreement if self.agreed_at is None else self.next_agreement

    @property
    def unsigned_since(self) -> datetime | None:
        """Since when they could agree on help; once they have, on the next version of it."""
        if self.status is MatchStatus.INTRODUCED and self.introduction:
            return self.introduction.recorded_at
        waits = "sign_agreement" in self.legal_steps and self.next_agreement
        return waits.drafted_at if waits else None

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
    def lapsed(self) -> bool:
        """Whether time alone ended the proposal, and no later match goes on from it."""
        by_time = self.over_by == "system" and self.over_reason == CancelReason.LAPSED
        return self.status is MatchStatus.CANCELLED and by_time and self.continued_by is None

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

    def awaits_notice(self, at: datetime) -> bool:
        """Return whether one side has given notice and the other is still waited for."""
        until = self.hq_may_end_at
        return self.asked is not None and until is not None and at < until

    def late_at(self, at: datetime) -> bool:
        """Return whether an introduction at that moment comes after its limit."""
        return at >= self.introduction_due_at + TICK

    def recordable_late(self, at: datetime) -> bool:
        """Return whether a first contact of before the lapse may still be written down."""
        return self.lapsed and self.over_at is not None and at <= self.over_at + LATE_RECORD

    def unheard(self, at: datetime) -> tuple[Party, ...]:
        """Return the sides that the headquarters has not lately asked about a conflict."""
        heard = {each.side for each in self.hearings if at - each.at <= HEARING_COUNTS}
        return tuple(side for side in Party if side not in heard)
