"""A family's case, from the first call to the day it needs no help: its verbs and their rules."""

from typing import Any, Self

from services.intake.cases.facts import CaseFacts
from services.intake.cases.needs import NeedChanges, open_needs
from services.intake.cases.values import Aid, CareFlag, Consent, Member, Outcome, Stamp, Triage
from services.intake.codes.values import ClosedReason, LiftReason, LongTermReason, Purpose, Status
from shared.errors import IllegalStep


class Case(CaseFacts):
    """A family's call for help and everything decided about it."""

    # review -------------------------------------------------------------------------------

    @classmethod
    def receive(cls, stamp: Stamp, **facts: Any) -> Self:
        """A request as it came in."""
        case = cls(received_at=stamp.at, registered_by=stamp.by, **facts)
        return case.step(stamp, "received")

    def take(self, stamp: Stamp) -> Self:
        """One coordinator makes the request theirs."""
        if self.status is Status.IN_REVIEW:
            self.refuse("request_already_taken")
        self.require("take")
        return self.step(
            stamp, "taken", status=Status.IN_REVIEW, taken_by=stamp.by, taken_at=stamp.at
        )

    def change_needs(self, stamp: Stamp, changes: NeedChanges, *, by_family: bool) -> Self:
        """Needs are added, changed, met or dropped by headquarters or by the family itself."""
        self.require("correct_needs" if by_family else "clarify_needs")
        needs = changes.apply(self.needs, by=stamp.by, at=stamp.at, clarifies=not by_family)
        waiting = self.status in (Status.CARE_REQUIRED, Status.MATCHED)
        if waiting and not open_needs(needs):
            raise IllegalStep("last_open_need", ("lift_care", "withdraw"))
        return self.step(stamp, "needs_corrected" if by_family else "needs_clarified", needs=needs)

    def help_once(self, stamp: Stamp) -> Self:
        """One help is enough; somebody gives it and the case ends."""
        self.require("triage")
        return self.step(
            stamp,
            "triaged",
            ref="one_time",
            status=Status.ONE_TIME_HELP,
            triage=Triage(decision="one_time", by=stamp.by, at=stamp.at),
        )

    def redirect(self, stamp: Stamp, provider: str) -> Self:
        """Somebody else is the right one to help."""
        self.require("triage")
        triage = Triage(decision="redirect", provider=provider, by=stamp.by, at=stamp.at)
        decided = self.step(stamp, "triaged", ref="redirect", triage=triage)
        return decided.close(stamp, ClosedReason.REDIRECTED)

    def decline(self, stamp: Stamp, reason: str) -> Self:
        """The programme has no answer to this request."""
        self.require("triage")
        triage = Triage(decision="decline", reason=reason, by=stamp.by, at=stamp.at)
        decided = self.step(stamp, "triaged", ref="decline", reason=reason, triage=triage)
        return decided.close(stamp, ClosedReason.DECLINED)

    def record_aid(self, stamp: Stamp, aid: Aid) -> Self:
        """The one help was given; with it the case is done."""
        self.require("record_aid")
        if aid.funding_project and "low_income" not in self.family.groups:
            self.refuse("project_is_for_low_income", project=aid.funding_project)
        helped = self.step(stamp, "aid_recorded", ref=aid.aid_id, aids=(*self.aids, aid))
        return helped.close(stamp, ClosedReason.AID_GIVEN)

    # care ---------------------------------------------------------------------------------

    def require_care(self, stamp: Stamp, reason: LongTermReason, *, long_term_need: bool) -> Self:
        """Headquarters puts the marker «guardianship required»."""
        self.require("require_care")
        if not long_term_need:
            self.refuse("needs_no_long_term_help")
        if self.anonymous:
            self.refuse("family_is_anonymous")
        if not any(need.clarified for need in self.open_needs):
            self.refuse("no_clarified_need")
        if not self.allows(Purpose.SHARE_NEED_CATEGORIES):
            self.refuse("no_consent_to_share")
        return self.step(
            stamp,
            "care_required",
            reason=reason,
            status=Status.CARE_REQUIRED,
            triage=Triage(decision="care", reason=reason, by=stamp.by, at=stamp.at),
            care=CareFlag(reason=reason, by=stamp.by, at=stamp.at),
        )

    def lift_care(self, stamp: Stamp, reason: LiftReason) -> Self:
        """The marker goes; the request is looked at again."""
        self.require("lift_care")
        return self.step(stamp, "care_lifted", reason=reason, status=Status.IN_REVIEW, care=None)

    def record_outcome(self, stamp: Stamp, outcome: Outcome) -> Self:
        """Headquarters writes down what the care has changed so far."""
        self.require("record_outcome")
        needs = self.needs
        if outcome.needs_met:
            met = NeedChanges(met=outcome.needs_met)
            needs = met.apply(needs, by=stamp.by, at=stamp.at, clarifies=True)
        return self.step(
            stamp,
            "outcome_recorded",
            ref=outcome.outcome,
            needs=needs,
            outcomes=(*self.outcomes, outcome),
            record_missing=False,
        )

    def miss_outcome(self, stamp: Stamp) -> Self:
        """31 days of care without a result: the case joins the list «record missing»."""
        return self.step(stamp, "outcome_missing", record_missing=True)

    # ending, beginning again --------------------------------------------------------------

    def withdraw(self, stamp: Stamp, reason: str) -> Self:
        """The family takes its request back."""
        self.require("withdraw")
        return self.close(stamp, ClosedReason.WITHDRAWN, detail=reason)

    def close(self, stamp: Stamp, reason: ClosedReason, detail: str | None = None) -> Self:
        """The case ends; an open match has no case any more."""
        past = (*self.past_matches, self.match.match_id) if self.match else self.past_matches
        return self.step(
            stamp,
            "closed",
            reason=reason,
            ref=detail,
            status=Status.CLOSED,
            closed_reason=reason,
            closed_at=stamp.at,
            contact_index=None,
            care=None,
            match=None,
            past_matches=past,
            in_care_since=None,
            record_missing=False,
        )

    def reopen(self, stamp: Stamp, reason: str, linked: str | None) -> Self:
        """A closed case is looked at again, with the new request that caused it if there is one."""
        self.require("reopen")
        if self.erased_at is not None:
            self.refuse("person_was_erased")
        taken_by = stamp.by if stamp.role == "regional_hq" else self.taken_by
        return self.step(
            stamp,
            "reopened",
            reason=reason,
            ref=linked,
            status=Status.IN_REVIEW,
            taken_by=taken_by,
            triage=None,
            closed_reason=None,
            closed_at=None,
        )

    # consent and erasure ------------------------------------------------------------------

    def give_consent(self, stamp: Stamp, consent: Consent) -> Self:
        """The family allows one purpose; allowing it twice changes nothing."""
        if self.erased_at is not None:
            self.refuse("person_was_erased")
        if self.allows(consent.purpose, consent.recipient):
            return self
        return self.step(
            stamp, "consent_given", ref=consent.purpose, consents=(*self.consents, consent)
        )

    def withdraw_consent(self, stamp: Stamp, purpose: Purpose, recipient: str | None) -> Self:
        """The family takes one permission back; whoever waited for a guardian goes to review."""
        if not self.allows(purpose, recipient):
            return self
        ended = tuple(
            c.model_copy(update={"withdrawn_at": stamp.at})
            if c.purpose is purpose and c.recipient == recipient and c.holds
            else c
            for c in self.consents
        )
        case = self.step(stamp, "consent_withdrawn", ref=purpose, consents=ended)
        if purpose is Purpose.SHARE_NEED_CATEGORIES and case.status is Status.CARE_REQUIRED:
            return case.lift_care(stamp, LiftReason.CONSENT_WITHDRAWN)
        return case

    def reached_anew(self, stamp: Stamp) -> Self:
        """The family left a new contact; it is kept only while the family allows that."""
        if self.anonymous or not self.allows(Purpose.PROCESSING):
            self.refuse("no_consent_to_processing")
        return self.step(stamp, "contact_replaced", has_contact=True)

    def erase(self, stamp: Stamp, reason: ClosedReason) -> Self:
        """The person is forgotten; codes and counts stay."""
        case = self.close(stamp, reason) if self.open else self
        for consent in self.consents:
            case = case.withdraw_consent(stamp, consent.purpose, consent.recipient)
        ageless = tuple(Member(relation=member.relation) for member in self.family.members)
        family = self.family.model_copy(update={"members": ageless})
        return case.step(
            stamp,
            "erased",
            family=family,
            has_contact=False,
            external_ref=None,
            erased_at=stamp.at,
        )
