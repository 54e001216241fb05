"""One family and one guardian: from the proposal over the introduction to care and its end."""

from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from services.matching.follow_ups.domain import FollowUp, move_calls, next_call, plan_calls, resume
from services.matching.follow_ups.values import FollowUpKind
from services.matching.matches.facts import (
    BREACHES,
    LAPSED,
    MOST_FIRST_DAYS,
    OVERDUE,
    RUNGS,
    UNSIGNED,
    Passed,
)
from services.matching.matches.proposal import Proposal
from services.matching.matches.values import (
    CancelReason,
    Ending,
    Hearing,
    HelpDays,
    MatchStatus,
    Need,
    Notice,
    Party,
    TerminationReason,
)
from shared.errors import Invalid
from shared.reference import calendar


class Match(Proposal):
    """A guardian proposed to a family, and everything that comes of it."""

    def retitle(self, title: str | None) -> Self:
        """Name the guardian as it is called now."""
        return self._with(guardian_title=title)

    def record_help(
        self, need_id: str, given_at: datetime, now: datetime, zone: ZoneInfo
    ) -> tuple[Self, Need]:
        """Record a help; the first one starts the care and plans the two calls.

        One that was given earlier and is recorded later moves the start and the calls still open.
        """
        self._require("record_help")
        given_on = calendar.local_date(zone, given_at)
        need = self.agreed_need(need_id, given_on, zone)
        if given_at > now:
            raise Invalid("in_the_future", "/given_at")
        self._require_after_agreement(given_on, zone)
        last = max(given_on, self.last_visit_on or given_on)
        first = tuple(sorted((*self.first_days, given_on)))[:MOST_FIRST_DAYS]
        helped = self._with(visits=self.visits + 1, last_visit_on=last, first_days=first)
        today = calendar.local_date(zone, now)
        if self.started_on is None:
            calls = plan_calls(given_on, today, self.region)
            started = {"status": MatchStatus.ACTIVE, "needs_met_at": None}
            helped = helped._with(started_on=given_on, follow_ups=calls, **started)
        elif given_on < self.started_on:
            calls = move_calls(self.follow_ups, given_on, today)
            helped = helped._with(started_on=given_on, follow_ups=calls)
        return helped, need

    def agreed_need(self, need_id: str, day: date, zone: ZoneInfo) -> Need:
        """Return one of the needs that were agreed on, also by what was in force on that day."""
        needs = (version.need(need_id) for version in self.versions_on(day, zone))
        need = next(filter(None, needs), None)
        if need is None:
            raise self._refusal("need_not_in_agreement")
        return need

    def correct_help(
        self,
        was: date,
        now: date | None,
        today: date,
        zone: ZoneInfo,
        others: HelpDays | None = None,
    ) -> Self:
        """Mend the day of a help, or take the help back; start and open calls follow.

        The only help that was given cannot be taken back: the care began with it. Of more helps
        than `first_days` holds, the days of all `others` are looked up.
        """
        self._require("correct_help")
        if now is not None:
            if now > today:
                raise Invalid("in_the_future", "/given_at")
            self._require_after_agreement(now, zone)
        elif self.visits == 1:
            raise self._refusal("only_help")
        mended = () if now is None else (now,)
        first, last = self._days_without(was) if others is None else others
        days = tuple(sorted((*first, *mended)))[:MOST_FIRST_DAYS]
        changes: dict[str, object] = {
            "first_days": days,
            "started_on": days[0],
            "last_visit_on": max(last or days[0], *mended, days[0]),
            "visits": self.visits - (now is None),
        }
        if days[0] != self.started_on:
            changes["follow_ups"] = move_calls(self.follow_ups, days[0], today)
        return self._with(**changes)

    def _days_without(self, was: date) -> HelpDays:
        """Return the days of all helps but for one on that day."""
        days = list(self.first_days)
        if was in days:
            days.remove(was)
        return HelpDays(tuple(days), days[-1] if days else None)

    def _require_after_agreement(self, day: date, zone: ZoneInfo) -> None:
        if self.agreed_at is None or day < calendar.local_date(zone, self.agreed_at):
            raise self._refusal("help_before_agreement")

    def record_call(
        self,
        kind: FollowUpKind,
        result: str,
        by: str,
        now: datetime,
        zone: ZoneInfo,
        at: datetime | None = None,
    ) -> tuple[Self, FollowUp]:
        """Record a call of the headquarters to the family, made now or at an earlier moment."""
        self._require("record_call")
        if at is not None and at > now:
            raise Invalid("in_the_future", "/called_at")
        (planned,) = (call for call in self.follow_ups if call.kind is kind)
        called = planned.call(result, by, at or now, now, zone)
        return self._with_call(called), called

    def report(self, at: datetime) -> Self:
        """Note when the guardian has reported; the next one is asked for from then on."""
        self._require("report")
        return self._with(last_report_at=at)

    def submit_story(self) -> Self:
        """Let a story of the guardian be sent; saved with it, the match shows that care runs."""
        self._require_of_family("submit_story")
        return self

    def notify_termination(self, by: Party, reason: TerminationReason, at: datetime) -> Self:
        """Give one side's notice; the other is asked, the headquarters decides."""
        self._require("notify_termination")
        if any(notice.by is by for notice in self.notices):
            raise self._refusal("notice_already_given")
        notice = Notice(by=by, at=at, reason=reason)
        return self._with(status=MatchStatus.ENDING, notices=(*self.notices, notice))

    def withdraw_notice(self, by: Party, on: date) -> Self:
        """Take one side's notice back: it goes on after all, and so do the calls to the family."""
        self._require("withdraw_notice")
        left = tuple(notice for notice in self.notices if notice.by is not by)
        if len(left) == len(self.notices):
            raise self._refusal("no_notice_of_this_side")
        if left:  # the side that was asked has answered: it is not reminded
            return self._with(notices=left)._fire("notice_awaited")
        care, calls = self._rearm("notice_awaited", UNSIGNED), resume(self.follow_ups, on)
        return care._with(status=MatchStatus.ACTIVE, notices=(), follow_ups=calls)

    def raise_concern(self) -> Self:
        """Let a mediation take a concern; saved with it, the match shows that care runs."""
        self._require_of_family("raise_concern")
        return self

    def forget_family(self) -> Self:
        """Know that the family is forgotten: no story and no concern is about it any more."""
        return self._with(family_forgotten=True)

    def _require_of_family(self, step: str) -> None:
        self._require(step)
        if self.family_forgotten:
            raise self._refusal("subject_erased")

    def hear_side(self, hearing: Hearing) -> Self:
        """Record that the headquarters has asked a side about a conflict; its last word counts."""
        self._require("hear_side")
        others = (each for each in self.hearings if each.side is not hearing.side)
        return self._with(hearings=(*others, hearing))

    def end(self, ending: Ending, zone: ZoneInfo) -> Self:
        """Confirm the end of care, for the headquarters; open calls are cancelled.

        Before an end by conflict both sides are heard.
        """
        self._require("end")
        if ending.reason is TerminationReason.CONFLICT and self.unheard(ending.at):
            raise self._refusal("sides_not_heard")
        if self.hq_may_end_at is not None and self.awaits_notice(ending.at):
            local = calendar.local(zone, self.hq_may_end_at)
            raise self._refusal("second_notice_awaited", until=f"{local:%d.%m.%Y %H:%M}")
        if ending.reason is TerminationReason.ALL_NEEDS_MET and ending.open_categories:
            raise self._refusal("needs_still_open")
        if ending.effective_on > calendar.local_date(zone, ending.at):
            raise Invalid("end_still_ahead", "/effective_on")  # until then help is recorded
        if self.last_visit_on is not None and ending.effective_on < self.last_visit_on:
            raise Invalid("end_before_last_help", "/effective_on", last=self.last_visit_on)
        calls = tuple(call.cancel() for call in self.follow_ups)
        ended = self._with(ending=ending, follow_ups=calls)
        return ended._close(MatchStatus.ENDED, "regional_hq", ending.reason.value, ending.at)

    def with_note(self, record: str) -> Self:
        """Name the vault record of a note for the headquarters alone."""
        return self._with(notes=(*self.notes, record))

    def advance(self, now: datetime, zone: ZoneInfo) -> tuple[Self, tuple[Passed, ...]]:
        """Return the match as time has left it, and what is to be announced, in order."""
        if self.status is not MatchStatus.ACTIVE:
            return self._advance_waiting(now, zone)
        match, passed = self, list[Passed]()
        while names := match.due(now, zone):
            call = None if names[0] == UNSIGNED else next_call(match.follow_ups, zone)
            call = call and call.advance()
            match = match._with_call(call) if call else match._fire(names[0])
            passed.append(Passed(names[0], call))
        # What has passed together is told once for each call: a missed one is no longer due.
        last = {each.call.kind: each for each in passed if each.call}
        return match, tuple(each for each in passed if not each.call or each in last.values())

    def catch_up(self, now: datetime, zone: ZoneInfo) -> tuple[Self, tuple[Passed, ...]]:
        """Return the match with the breaches that have come, before a step hides them.

        A person may act before a sweep of deadlines has looked; reminders have no use then.
        """
        match = self
        passed = tuple(each for each in self.advance(now, zone)[1] if each.deadline in BREACHES)
        for each in passed:
            match = match._with_call(each.call) if each.call else match._fire(each.deadline)
        return match, passed

    def _advance_waiting(self, now: datetime, zone: ZoneInfo) -> tuple[Self, tuple[Passed, ...]]:
        names = self.due(now, zone)
        fired = self._fire(*names)
        stale = RUNGS if OVERDUE in fired.fired else ()
        due = tuple(Passed(name) for name in names if name not in stale)
        if LAPSED in names:
            fired = fired._close(MatchStatus.CANCELLED, "system", CancelReason.LAPSED, now)
        return fired, due

    def _with_call(self, call: FollowUp) -> Self:
        calls = (call if each.kind is call.kind else each for each in self.follow_ups)
        return self._with(follow_ups=tuple(calls))
