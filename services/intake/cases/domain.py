"""What is done for a family, from its first request to the day it needs no help: states and verbs.

What the marker «guardianship required», matches and outcomes do to it: see `care_track`; who works
on it and by when: `coordination`.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from services.intake.cases.coordination import keeping, limits
from services.intake.cases.decisions import Aid, LeftCare, Triage, left_by, without_help
from services.intake.cases.values import AskedNeed, HistoryEntry, NeedChanges, Status, joined
from services.intake.codes.values import (
    ClosedReason,
    DeclineReason,
    GuardianProgramme,
    TriageDecision,
    Urgency,
)
from services.intake.families.domain import Family
from services.intake.families.values import Stamp
from shared.domain import Deadline, Moment
from shared.errors import IllegalStep, Invalid, Labels

OUTCOME_MISSING = "outcome_missing"
TAKE_REMINDER, TAKE_ESCALATION = "take_reminder", "take_escalation"
# Decisions that close a case; a request that gets help once stays open until it is given.
CLOSING: Mapping[str, ClosedReason] = {
    TriageDecision.REDIRECT: ClosedReason.REDIRECTED,
    TriageDecision.DECLINE: ClosedReason.DECLINED,
}

_OF_FAMILY = {"correct_needs": None, "withdraw": Status.CLOSED}
_ON_CARE_TRACK = {"take_over": None, "clarify_needs": None, "record_aid": None, **_OF_FAMILY}


class Case(limits.CaseInTime):
    """What is done for one family in one programme; words about it are in the family's vault."""

    STEPS: ClassVar = {
        Status.RECEIVED: {"take": Status.IN_REVIEW, **_OF_FAMILY},
        Status.IN_REVIEW: {
            "take": None,
            "take_over": None,
            "clarify_needs": None,
            "triage": (Status.ONE_TIME_HELP, Status.CARE_REQUIRED, Status.CLOSED),
            "require_care": Status.CARE_REQUIRED,
            **_OF_FAMILY,
        },
        Status.ONE_TIME_HELP: {
            "take_over": None,
            "clarify_needs": None,
            "triage": (Status.CARE_REQUIRED, Status.CLOSED),
            "require_care": Status.CARE_REQUIRED,
            "record_aid": (Status.ONE_TIME_HELP, Status.CLOSED),
            **_OF_FAMILY,
        },
        Status.CARE_REQUIRED: {"lift_care": Status.IN_REVIEW, **_ON_CARE_TRACK},
        Status.MATCHED: _ON_CARE_TRACK,
        Status.IN_CARE: {"record_outcome": None, **_ON_CARE_TRACK},
        Status.CLOSED: {"reopen": (Status.IN_REVIEW, Status.IN_CARE)},
    }
    DEADLINES: ClassVar = (
        Deadline(TAKE_REMINDER, lambda case, zone: limits.reminder_at(case)),
        Deadline(TAKE_ESCALATION, lambda case, zone: limits.escalation_at(case)),
        Deadline(OUTCOME_MISSING, lambda case, zone: limits.outcome_due_at(case)),
    )

    case_id: str
    number: str
    family_id: str
    requests: tuple[str, ...]
    region: str
    district: str
    programme: str
    purpose: str
    channel: str
    needs_check: bool = False
    beneficiary_key: str
    registered_by: str

    taken_at: Moment | None = None
    past_matches: tuple[str, ...] = ()
    left_care: LeftCare | None = None
    aids: tuple[Aid, ...] = ()
    closed_reason: ClosedReason | None = None
    closed_at: Moment | None = None

    @property
    def legal_steps(self) -> tuple[str, ...]:
        """The steps of the status; before others a coordinator takes it, and not twice."""
        steps = super().legal_steps
        if self.untaken:
            return tuple(step for step in steps if step == "take" or step in _OF_FAMILY)
        has_guardians = self.programme in tuple(GuardianProgramme)
        not_now = ("take",) if has_guardians else ("take", "require_care")
        return tuple(step for step in steps if step not in not_now)

    @property
    def result_missing_since(self) -> datetime | None:
        """Since when an outcome of the care has been missing, once that was noticed."""
        return limits.outcome_due_at(self) if OUTCOME_MISSING in self.fired else None

    @classmethod
    def receive(cls, stamp: Stamp, **facts: Any) -> Self:
        """Return a new case, as its first request came in."""
        case = cls(received_at=stamp.at, registered_by=stamp.by, **facts)
        return case.record(stamp, keeping.RECEIVED, ref=case.requests[0])

    def join(
        self,
        stamp: Stamp,
        request_id: str,
        asked: Iterable[AskedNeed],
        *,
        urgent: bool,
        heard: bool,
        check: bool = False,
    ) -> Self:
        """Add what the family asked again while the case was open, in a new request or a known one.

        What the staff has not `heard` itself changes nothing that guardians see: it is work of the
        headquarters to look, and to say that the family cannot wait.
        """
        open_to_all = self.status in (Status.RECEIVED, Status.IN_REVIEW)
        applies = heard or open_to_all
        needs = joined(self.needs, asked, stamp.by, stamp.at) if applies else self.needs
        return self.record(
            stamp,
            keeping.ASKED_AGAIN,
            ref=request_id,
            needs=needs,
            requests=keeping.with_request(self.requests, request_id, self.history),
            urgent=self.urgent or (urgent and applies),
            needs_check=self.needs_check or check,
        )

    def record(
        self, stamp: Stamp, what: str, reason: str | None = None, ref: str | None = None, **new: Any
    ) -> Self:
        """Return the case with these new values and one more line of history."""
        entry = HistoryEntry(**stamp.model_dump(), what=what, reason=reason, ref=ref)
        return self._with(**new, history=keeping.with_line(self.history, entry))

    def change_needs(
        self,
        stamp: Stamp,
        changes: NeedChanges,
        *,
        by_family: bool,
        urgency: Urgency | None = None,
    ) -> Self:
        """Add, change, meet or drop needs, as headquarters or the family itself says.

        Headquarters may find that the case can wait, or cannot.
        """
        self._require("correct_needs" if by_family else "clarify_needs")
        needs = changes.apply(self.needs, by=stamp.by, at=stamp.at, clarifies=not by_family)
        waiting = self.status in (Status.CARE_REQUIRED, Status.MATCHED)
        if waiting and not any(need.open for need in needs):
            code = "last_need_of_match" if self.status is Status.MATCHED else "last_open_need"
            raise IllegalStep(code, self.of_next("lift_care", "withdraw"))
        what = "needs_corrected" if by_family else "needs_clarified"
        urgent = self.urgent if urgency is None else urgency is Urgency.URGENT
        return self.record(stamp, what, needs=needs, urgent=urgent)

    def decide(self, stamp: Stamp, triage: Triage) -> Self:
        """Decide on help given once, or close the case by a referral or a refusal.

        Where help once turns out to be wrong or too little, it is decided anew.
        """
        self._require("triage")
        if (self.status, triage.decision) == (Status.ONE_TIME_HELP, TriageDecision.ONE_TIME):
            raise self._refusal("step_not_allowed", step="triage")
        decided = self.record(stamp, "triaged", triage.reason, triage.decision, triage=triage)
        if triage.reason == DeclineReason.DUPLICATE:
            return decided.close(stamp, ClosedReason.DUPLICATE)
        if triage.decision in CLOSING:
            return decided.close(stamp, CLOSING[triage.decision])
        return decided._with(status=Status.ONE_TIME_HELP)

    def record_aid(
        self, stamp: Stamp, aid: Aid, family: Family, *, last: bool | None = None
    ) -> Self:
        """Record help that was given once; the `last` of what was decided closes the case.

        Unsaid it is the last when no need is left for which no help was given.
        """
        self._require("record_aid")
        if aid.funding_project and not family.low_income:
            raise self._refusal("project_is_for_low_income")
        helped = self.record(stamp, "aid_recorded", ref=aid.aid_id, aids=(*self.aids, aid))
        one_time = self.status is Status.ONE_TIME_HELP
        if last and not one_time:
            raise Invalid("last_of_one_time_help", "/last")
        if last is False or not one_time:
            return helped
        if last is None and (left := without_help(helped.open_needs, helped.aids)):
            raise Invalid("last_aid_unsaid", "/last", needs=Labels("aid_category", left))
        return helped.close(stamp, ClosedReason.AID_GIVEN)

    def correct_aid(self, stamp: Stamp, aid: Aid, family: Family, reason: str) -> Self:
        """Put right what was recorded about an aid, whatever has become of the case."""
        known = {one.aid_id: one for one in self.aids}
        former = known[aid.aid_id]
        if aid == former:
            return self
        if aid.funding_project not in (None, former.funding_project) and not family.low_income:
            raise self._refusal("project_is_for_low_income")
        aids = tuple((known | {aid.aid_id: aid}).values())
        return self.record(stamp, "aid_corrected", reason, aid.aid_id, aids=aids)

    def withdraw_aid(self, stamp: Stamp, aid: Aid, reason: str) -> Self:
        """Take out an aid that was not given so; a case that it has closed is reopened first."""
        closing = self.closed_reason is ClosedReason.AID_GIVEN and aid.at == self.closed_at
        if closing and "reopen" in self.next_steps:
            raise IllegalStep("aid_closed_case", ("reopen",))
        aids = tuple(one for one in self.aids if one.aid_id != aid.aid_id)
        return self.record(stamp, "aid_withdrawn", reason, aid.aid_id, aids=aids)

    def withdraw(self, stamp: Stamp, reason: str) -> Self:
        """Withdraw what was asked for, as the family wishes."""
        self._require("withdraw")
        return self.close(stamp, ClosedReason.WITHDRAWN, detail=reason)

    def close(self, stamp: Stamp, reason: ClosedReason, detail: str | None = None) -> Self:
        """Close the case; an open match has no case any more, but a care may run on."""
        left = left_by(self.match, self.care, self.in_care_since, self.past_matches)
        ended = self._rearm(*self.fired)._with(**left)
        closed: dict[str, Any] = {"closed_reason": reason, "closed_at": stamp.at}
        return ended.record(stamp, "closed", reason, detail, status=Status.CLOSED, **closed)

    def reopen(self, stamp: Stamp, reason: str, linked: str | None) -> Self:
        """Review a closed case again, for a `linked` request; a care that still runs is its own."""
        self._require("reopen")
        changed: dict[str, Any] = {"status": Status.IN_REVIEW}
        if stamp.role == "regional_hq":
            changed |= {"taken_by": stamp.by, "taken_as": stamp.role, "taken_at": stamp.at}
        elif self.taken_by is not None:
            changed["taken_at"] = stamp.at
        if self.left_care is not None and self.left_care.since is not None:
            changed |= {"status": Status.IN_CARE, **self.left_care.again(self.past_matches)}
        undone = self._with(triage=None, closed_reason=None, closed_at=None)
        return undone.record(stamp, "reopened", reason, linked, **changed)
