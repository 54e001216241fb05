"""One family and one guardian: from the proposal over the introduction to care and its end."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Literal, Self

from services.matching.follow_ups.domain import FollowUp
from services.matching.follow_ups.values import FollowUpKind, FollowUpResult
from services.matching.matches import time_limits
from services.matching.matches.record import MatchRecord
from services.matching.matches.values import (
    NEXT_STEPS,
    CareAgreement,
    Ending,
    Introduction,
    MatchStatus,
    Need,
    Notice,
    Party,
    TerminationReason,
)
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar, regions

Timer = Literal[
    "introduction_due_soon", "introduction_overdue", "call_due", "call_missed", "notice_awaited"
]


class Match(MatchRecord):
    """A guardian proposed to a family, and everything that comes of it."""

    # before care

    def hold_introduction(
        self,
        *,
        held_at: datetime,
        form: str,
        hq_participant: str,
        participants: tuple[Party, ...],
        now: datetime,
    ) -> Self:
        """Family and guardian have met; up to 72:00:00 after the proposal this is in time."""
        self._expect("hold_introduction")
        if held_at > now:
            raise Invalid("in_the_future", "/held_at")
        if held_at < self.proposed_at:
            raise IllegalStep("introduction_before_proposal", NEXT_STEPS[self.status])
        if set(participants) != set(Party):
            raise Invalid("party_missing", "/participants")
        introduction = Introduction(
            held_at=held_at,
            format=form,
            hq_participant=hq_participant,
            participants=participants,
            in_time=held_at < self.introduction_due_at + time_limits.TICK,
        )
        return self._with(status=MatchStatus.INTRODUCED, introduction=introduction)

    def decline(self, by: Party, reason: str, at: datetime) -> Self:
        """One side does not want this; no blame."""
        self._expect("decline")
        return self._over(MatchStatus.DECLINED, by.value, reason, at)

    def cancel(self, by: str, reason: str, at: datetime) -> Self:
        """The headquarters, or the end of the case, takes the proposal back."""
        self._expect("cancel")
        return self._over(MatchStatus.CANCELLED, by, reason, at)

    def draft_agreement(self, agreement: CareAgreement) -> Self:
        """Write down the help; a new draft asks both sides to sign anew."""
        self._expect("draft_agreement")
        known = {need.need_id for need in self.needs}
        for place, need in enumerate(agreement.needs):
            if need.need_id not in known:
                raise Invalid("need_unknown", f"/need_ids/{place}")
        return self._with(agreement=agreement)

    def sign_agreement(
        self, party: Party, *, participation_signed: bool, evidence: str | None, at: datetime
    ) -> Self:
        """One side signs; when both have, the family and the guardian have agreed."""
        self._expect("sign_agreement")
        if self.agreement is None:
            raise IllegalStep("agreement_not_drafted", ("draft_agreement",))
        if not participation_signed:
            raise IllegalStep(
                "participation_agreement_missing", ("sign_participation_agreement", "cancel")
            )
        agreement = self.agreement.sign(party, evidence, at)
        if not agreement.complete:
            return self._with(agreement=agreement)
        return self._with(agreement=agreement, status=MatchStatus.AGREED, agreed_at=at)

    def follow_needs(self, needs: Iterable[Need], outside: Iterable[str]) -> Self:
        """The family needs something else now; `outside` is what its guardian does not do."""
        uncovered = tuple(sorted({*self.uncovered, *outside}))
        return self._with(needs=tuple(needs), uncovered=uncovered)

    # care

    def record_help(self, need_id: str, given_at: datetime, now: datetime) -> tuple[Self, Need]:
        """A help was given; the first one starts the care and plans the two calls."""
        self._expect("record_help")
        need = self._agreed_need(need_id)
        if given_at > now:
            raise Invalid("in_the_future", "/given_at")
        given_on = self._local(given_at)
        if self.agreed_at is None or given_on < self._local(self.agreed_at):
            raise IllegalStep("help_before_agreement", NEXT_STEPS[self.status])
        helped = self._with(
            visits=self.visits + 1, last_visit_on=max(given_on, self.last_visit_on or given_on)
        )
        if self.status is not MatchStatus.AGREED:
            return helped, need
        calls = tuple(FollowUp.plan(kind, given_on, self.region) for kind in FollowUpKind)
        return helped._with(status=MatchStatus.ACTIVE, started_on=given_on, follow_ups=calls), need

    def record_call(
        self, kind: FollowUpKind, result: FollowUpResult, by: str, at: datetime
    ) -> tuple[Self, FollowUp]:
        """The headquarters has called the family."""
        self._expect("record_call")
        calls = {call.kind: call for call in self.follow_ups}
        calls[kind] = calls[kind].call(result, by, at)
        return self._with(follow_ups=tuple(calls.values())), calls[kind]

    def report(self, at: datetime) -> Self:
        """The guardian has told how it goes."""
        self._expect("report")
        return self._with(reports=self.reports + 1, last_report_at=at)

    def submit_story(self) -> Self:
        """The guardian has sent a story."""
        self._expect("submit_story")
        return self._with(stories=self.stories + 1)

    # the end

    def notify_termination(self, by: Party, reason: TerminationReason, at: datetime) -> Self:
        """One side says that it stops; the other is asked, the headquarters decides."""
        self._expect("notify_termination")
        if any(notice.by is by for notice in self.notices):
            raise IllegalStep("notice_already_given", NEXT_STEPS[self.status])
        notice = Notice(by=by, at=at, reason=reason)
        return self._with(status=MatchStatus.ENDING, notices=(*self.notices, notice))

    def withdraw_notice(self, by: Party) -> Self:
        """The side that wanted to stop goes on after all."""
        self._expect("withdraw_notice")
        left = tuple(notice for notice in self.notices if notice.by is not by)
        if len(left) == len(self.notices):
            raise IllegalStep("no_notice_of_this_side", NEXT_STEPS[self.status])
        status = MatchStatus.ENDING if left else MatchStatus.ACTIVE
        return self._with(status=status, notices=left, notice_reminded=False)

    def end(
        self,
        reason: TerminationReason,
        *,
        open_categories: Iterable[str],
        effective_on: date | None,
        at: datetime,
    ) -> Self:
        """The headquarters confirms the end; open calls are cancelled."""
        self._expect("end")
        still_open = tuple(sorted(set(open_categories)))
        if self.status is MatchStatus.ENDING and not self._may_confirm(at):
            until = calendar.local(regions.zone(self.region), self.hq_may_end_at or at)
            raise IllegalStep(
                "second_notice_awaited",
                NEXT_STEPS[self.status],
                until=f"{until:%d.%m.%Y %H:%M}",
            )
        if reason is TerminationReason.ALL_NEEDS_MET and still_open:
            raise IllegalStep("needs_still_open", NEXT_STEPS[self.status])
        ending = Ending(
            reason=reason,
            at=at,
            effective_on=effective_on or self._local(at),
            open_categories=still_open,
        )
        calls = tuple(call.cancel() for call in self.follow_ups)
        ended = self._with(ending=ending, follow_ups=calls)
        return ended._over(MatchStatus.ENDED, "regional_hq", reason.value, at)

    def noted(self, record: str) -> Self:
        """A note for the headquarters alone lies in the vault under that record name."""
        return self._with(notes=(*self.notes, record))

    # time

    @property
    def due_at(self) -> datetime | None:
        """When time alone will next change something."""
        if self.status is MatchStatus.PROPOSED:
            return self._introduction_timer
        if self.status is MatchStatus.ACTIVE:
            moments = [moment for call in self.follow_ups if (moment := call.next_moment)]
            return min(moments, default=None)
        if self.status is MatchStatus.ENDING:
            return self._notice_timer
        return None

    def fall_due(self, now: datetime) -> tuple[Self, list[tuple[Timer, FollowUp | None]]]:
        """Everything that time has brought since the last look, each once."""
        if self.status is MatchStatus.PROPOSED:
            return self._introduction_due(now)
        if self.status is MatchStatus.ACTIVE:
            return self._calls_due(now)
        timer = self._notice_timer
        if self.status is MatchStatus.ENDING and timer is not None and now >= timer:
            return self._with(notice_reminded=True), [("notice_awaited", None)]
        return self, []

    @property
    def _notice_timer(self) -> datetime | None:
        if self.asked is None or self.notice_reminded:
            return None
        return self.notices[0].at + time_limits.SECOND_NOTICE_REMINDER

    @property
    def _introduction_timer(self) -> datetime | None:
        if self.overdue:
            return None
        if self.warned:
            return self.introduction_due_at + time_limits.TICK
        return self.proposed_at + time_limits.INTRODUCTION_WARNING

    def _introduction_due(self, now: datetime) -> tuple[Self, list[tuple[Timer, FollowUp | None]]]:
        timer = self._introduction_timer
        if timer is None or now < timer:
            return self, []
        if now >= self.introduction_due_at + time_limits.TICK:
            return self._with(warned=True, overdue=True), [("introduction_overdue", None)]
        return self._with(warned=True), [("introduction_due_soon", None)]

    def _calls_due(self, now: datetime) -> tuple[Self, list[tuple[Timer, FollowUp | None]]]:
        calls: list[FollowUp] = []
        told: list[tuple[Timer, FollowUp | None]] = []
        for call in self.follow_ups:
            current, what = call.fall_due(now)
            while what is not None:
                told.append(("call_due" if what == "due" else "call_missed", current))
                current, what = current.fall_due(now)
            calls.append(current)
        return (self._with(follow_ups=tuple(calls)), told) if told else (self, told)
