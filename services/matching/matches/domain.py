"""One family and one guardian: from the proposal over the introduction to care and its end."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from services.matching.follow_ups.domain import FollowUp, move_calls, next_call, plan_calls
from services.matching.follow_ups.values import FollowUpKind
from services.matching.matches.facts import (
    LAPSED,
    OVERDUE,
    RUNGS,
    Passed,
)
from services.matching.matches.proposal import Proposal
from services.matching.matches.values import (
    CancelReason,
    CareAgreement,
    Ending,
    MatchStatus,
    Need,
    Notice,
    Party,
    TerminationReason,
)
from shared.errors import IllegalStep, Invalid
from shared.reference import calendar

MOST_VERSIONS = 20
A_YEAR, A_QUARTER = timedelta(days=366), timedelta(days=92)


class Match(Proposal):
    """A guardian proposed to a family, and everything that comes of it."""

    def draft_agreement(
        self, need_ids: Iterable[str], starts_on: date, today: date, **terms: object
    ) -> Self:
        """Write down the help for these needs; a new draft asks both sides to sign anew.

        What is in force stays so until both have signed the next version.
        """
        self._require("draft_agreement")
        if abs(starts_on - today) > A_YEAR:
            raise Invalid("day_out_of_reach", "/starts_on")
        known = {need.need_id: need for need in self.needs}
        for place, need_id in enumerate(asked := tuple(need_ids)):
            if need_id not in known:
                raise Invalid("need_unknown", f"/need_ids/{place}")
        needs = tuple(known[need_id] for need_id in dict.fromkeys(asked))
        terms |= {"needs": needs, "starts_on": starts_on}
        if self.agreed_at is None or self.agreement is None:
            return self._with(agreement=CareAgreement.model_validate(terms))
        numbered = terms | {"number": self.agreement.number + 1}
        return self._with(next_agreement=CareAgreement.model_validate(numbered))

    def sign_agreement(
        self,
        party: Party,
        *,
        participation_signed: bool,
        evidence: str | None,
        at: datetime,
        own_hand: bool,
    ) -> Self:
        """Sign for one side; when both have, the family and the guardian have agreed."""
        self._require("sign_agreement")
        if self.unsigned_agreement is None:
            raise IllegalStep("agreement_not_drafted", ("draft_agreement",))
        if not participation_signed:
            raise IllegalStep(
                "participation_agreement_missing", ("sign_participation_agreement", "cancel")
            )
        signed = self.unsigned_agreement.sign(party, evidence, at, own_hand=own_hand)
        if self.agreed_at is None or self.agreement is None:
            agreed = {"status": MatchStatus.AGREED, "agreed_at": at} if signed.complete else {}
            return self._with(agreement=signed, **agreed)
        if not signed.complete:
            return self._with(next_agreement=signed)
        former = (*self.former_agreements, self.agreement)[-MOST_VERSIONS:]
        return self._with(agreement=signed, next_agreement=None, former_agreements=former)

    def issue_link(self) -> Self:
        """Count a link with which the family signs; there must be a text to sign."""
        self._require("sign_agreement")
        if self.unsigned_agreement is None:
            raise IllegalStep("agreement_not_drafted", ("draft_agreement",))
        return self._with(signing_links=self.signing_links + 1)

    def follow_needs(self, needs: Iterable[Need], outside: Iterable[str]) -> Self:
        """Replace the needs; `outside` is what the guardian does not do of them."""
        uncovered = tuple(sorted({*self.uncovered, *outside}))
        return self._with(needs=tuple(needs), uncovered=uncovered)

    def record_help(
        self, need_id: str, given_at: datetime, now: datetime, zone: ZoneInfo
    ) -> tuple[Self, Need]:
        """Record a help; the first one starts the care and plans the two calls.

        One that was given earlier and is recorded later moves the start and the calls still open.
        """
        self._require("record_help")
        need = self.agreement.need(need_id) if self.agreement else None
        if need is None:
            raise self._refusal("need_not_in_agreement")
        if given_at > now:
            raise Invalid("in_the_future", "/given_at")
        given_on = calendar.local_date(zone, given_at)
        if self.agreed_at is None or given_on < calendar.local_date(zone, self.agreed_at):
            raise self._refusal("help_before_agreement")
        last = max(given_on, self.last_visit_on or given_on)
        helped = self._with(visits=self.visits + 1, last_visit_on=last)
        today = calendar.local_date(zone, now)
        if self.started_on is None:
            calls = plan_calls(given_on, today, self.region)
            helped = helped._with(status=MatchStatus.ACTIVE, started_on=given_on, follow_ups=calls)
        elif given_on < self.started_on:
            calls = move_calls(self.follow_ups, given_on, today)
            helped = helped._with(started_on=given_on, follow_ups=calls)
        return helped, need

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
        """Count a report of the guardian."""
        self._require("report")
        return self._with(reports=self.reports + 1, last_report_at=at)

    def submit_story(self) -> Self:
        """Count a story of the guardian."""
        self._require("submit_story")
        return self._with(stories=self.stories + 1)

    def notify_termination(self, by: Party, reason: TerminationReason, at: datetime) -> Self:
        """Give one side's notice; the other is asked, the headquarters decides."""
        self._require("notify_termination")
        if any(notice.by is by for notice in self.notices):
            raise self._refusal("notice_already_given")
        notice = Notice(by=by, at=at, reason=reason)
        return self._with(status=MatchStatus.ENDING, notices=(*self.notices, notice))

    def withdraw_notice(self, by: Party) -> Self:
        """Take one side's notice back: it goes on after all."""
        self._require("withdraw_notice")
        left = tuple(notice for notice in self.notices if notice.by is not by)
        if len(left) == len(self.notices):
            raise self._refusal("no_notice_of_this_side")
        status = MatchStatus.ENDING if left else MatchStatus.ACTIVE
        return self._with(status=status, notices=left)._rearm("notice_awaited")

    def end(self, ending: Ending, zone: ZoneInfo) -> Self:
        """Confirm the end of care, for the headquarters; open calls are cancelled."""
        self._require("end")
        until = self.hq_may_end_at
        if self.asked is not None and until is not None and ending.at < until:
            local = calendar.local(zone, until)
            raise self._refusal("second_notice_awaited", until=f"{local:%d.%m.%Y %H:%M}")
        if ending.reason is TerminationReason.ALL_NEEDS_MET and ending.open_categories:
            raise self._refusal("needs_still_open")
        first, last = self.started_on, calendar.local_date(zone, ending.at) + A_QUARTER
        if first is not None and not first <= ending.effective_on <= last:
            raise Invalid("day_out_of_reach", "/effective_on")
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
        while (call := next_call(match.follow_ups, zone)) and (names := match.due(now, zone)):
            call = call.advance()
            match = match._with_call(call)
            passed.append(Passed(names[0], call))
        # What has passed together is told once for each call: a missed one is no longer due.
        last = {each.call.kind: each for each in passed if each.call}
        return match, tuple(each for each in passed if each in last.values())

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
