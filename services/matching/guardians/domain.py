"""A guardian organisation on its way from the application to caring for families."""

from datetime import date, datetime
from typing import Self

from services.matching.evidence.domain import agreement_on, has_failed, latest, missing
from services.matching.evidence.values import Check, Consent, Meeting, Side, Training
from services.matching.guardians.record import GuardianRecord
from services.matching.guardians.values import (
    AT_WORK,
    Assignment,
    Capability,
    Clarification,
    GuardianStatus,
    Invitee,
    PauseReason,
    RejectionReason,
    Terms,
    working_status,
)
from services.matching.organisations.domain import has_team, needs_host
from services.matching.organisations.values import LegalForm, TeamKind
from shared.errors import IllegalStep, Invalid, Labels


class Guardian(GuardianRecord):
    """An organisation that cares for families for long; never a single person."""

    @classmethod
    def apply(cls, *, applied_at: datetime, **application: object) -> Self:
        """Make a new application; one person alone is refused at once."""
        guardian = cls.model_validate(application)._moved(GuardianStatus.APPLIED, applied_at)
        if has_team(guardian.legal_form, guardian.team_size):
            return guardian
        return guardian.reject(RejectionReason.NO_TEAM.value, applied_at)

    def correct(
        self, title: str | None, team_kind: TeamKind, team_size: int, host_title: str | None
    ) -> Self:
        """Put right what the organisation has said of itself, before it counts or in a talk."""
        self._require("correct_application")
        if title and self.approved_by is not None:
            raise self._refusal("title_is_approved")
        if not has_team(self.legal_form, team_size):
            raise Invalid("team_too_small", "/team_size")
        corrected = self._with(team_kind=team_kind, team_size=team_size)
        return corrected._called(title or self.title, host_title)

    def rename(self, title: str, host_title: str | None, registry: Check) -> Self:
        """Bear another title: the entry of the registry that says so is a new check of it."""
        self._require("rename")
        renamed = self._called(title, host_title)
        if self.title is not None and renamed == self:
            raise Invalid("same_title", "/title")
        return renamed.record_check(registry)

    def _called(self, title: str | None, host_title: str | None) -> Self:
        """Return it with these titles; that of a proprietor is a person's name and is sealed."""
        if needs_host(self.legal_form, self.team_kind) and not host_title:
            raise Invalid("host_missing", "/host_title")
        lone = self.legal_form is LegalForm.SOLE_PROPRIETOR_WITH_TEAM
        return self if lone else self._with(title=title, host_title=host_title)

    # vetting ------------------------------------------------------------------------------

    def take_into_vetting(self, at: datetime) -> Self:
        """Begin to look at the application."""
        self._require("take_into_vetting")
        return self._moved(GuardianStatus.IN_VETTING, at, duplicate_of=None)

    def record_check(self, check: Check) -> Self:
        """Record one check; those before it stay as they are, and it counts instead of them."""
        self._require("record_check")
        counted = latest(self.checks).get(check.code.value)
        if counted is not None and check.checked_on < counted.checked_on:
            raise Invalid("newer_check_known", "/checked_on", on=counted.checked_on)
        return self._with(checks=(*self.checks, check))

    def approve(self, by: str, on: date, at: datetime) -> Self:
        """End the vetting well, when colleagues have proved all that the legal form requires."""
        self._require("approve")
        repeat = ("record_check", "reject")
        if has_failed(self.checks):
            raise IllegalStep("check_failed", repeat)
        if codes := missing(self.legal_form, self.checks, on):
            raise IllegalStep("checks_missing", repeat, codes=Labels("guardian_check", codes))
        if by in self.checkers:
            raise self._refusal("second_person_needed")
        return self._moved(GuardianStatus.APPROVED, at, approved_by=by)

    def reject(self, reason: str, at: datetime) -> Self:
        """End the vetting badly, for a reason that the organisation hears."""
        self._require("reject")
        return self._moved(GuardianStatus.REJECTED, at, decision_reason=reason)

    def open_clarification(self, invited_role: Invitee, at: datetime) -> Self:
        """Invite the organisation to a talk; nothing is decided until it has been held."""
        self._require("open_clarification")
        talks = (*self.talks, Clarification(invited_role=invited_role, opened_at=at))
        return self._moved(GuardianStatus.CLARIFICATION, at, status_before=self.status, talks=talks)

    def close_clarification(self, held_on: date, result: str, at: datetime) -> Self:
        """Record that the talk was held; the guardian goes on from where it was."""
        self._require("close_clarification")
        if self.status_before is None:
            raise self._refused()
        talks = (*self.talks[:-1], self.talks[-1].close(held_on, result))
        return self._moved(self.status_before, at, status_before=None, talks=talks)

    def assign(self, region: str, districts: tuple[str, ...], by: str, at: datetime) -> Self:
        """Give the guardian to a region; what another region has done for it starts anew.

        Care that runs goes on; a family that was only proposed is settled first. What runs out is
        announced in the new region, too. Who rests goes on resting there once it is prepared.
        """
        self._require("assign")
        assignment = Assignment(region=region, at=at, by=by)
        moved = self._with(region=region, assignments=(*self.assignments, assignment))
        if self.home_region != region:
            everywhere = tuple(each.everywhere() for each in self.capabilities)
            moved = moved._with(capabilities=everywhere, district_ids=())
        moved = moved._with(district_ids=districts or moved.district_ids)
        if self.region == region:
            return moved
        if not all(place.active for place in self.places):
            raise self._refusal("proposals_not_settled")
        anew = {"interview": None, "briefing": None, "fired": ()}
        return moved._moved(GuardianStatus.ASSIGNED, at, **anew)

    # the checklist ------------------------------------------------------------------------

    def record_training(self, training: Training, at: datetime) -> Self:
        """Record that the guardian's people have taken the training."""
        self._require("record_training")
        if self.training is not None and training.completed_on < self.training.completed_on:
            raise Invalid("newer_training_known", "/completed_on", on=self.training.completed_on)
        return self._with(training=training)._ready_if_complete(at)

    def hold_interview(self, interview: Meeting, reason: str | None, at: datetime) -> Self:
        """Record the obligatory interview; a failed one rejects and needs a reason."""
        self._require("hold_interview")
        if interview.by == self.approved_by:
            raise self._refusal("second_person_needed")
        held = self._with(interview=interview)
        if interview.result == "passed":
            return held._ready_if_complete(at)
        if not reason:
            raise Invalid("reason_missing", "/reason")
        if self.places:
            raise self._refusal("families_not_settled")
        return held._moved(GuardianStatus.REJECTED, at, decision_reason=reason)

    def hold_briefing(self, briefing: Meeting, at: datetime) -> Self:
        """Record the obligatory briefing."""
        self._require("hold_briefing")
        return self._with(briefing=briefing)._ready_if_complete(at)

    def sign_participation_agreement(
        self, side: Side, consent: Consent, version: str, text_hash: str
    ) -> Self:
        """Sign for one side, once per region; a newer text is agreed on anew by both.

        It guards the care agreement, not the proposal.
        """
        self._require("sign_participation_agreement")
        if self.participation_signed(text_hash):
            raise self._refusal("participation_agreement_already_signed")
        begun = self.participation_agreement
        agreement = agreement_on(begun, self.home_region, version, text_hash)
        if agreement.consented(side):
            raise self._refusal("already_signed")
        if consent.by in {each.by for each in agreement.consents}:
            raise self._refusal("second_person_needed")
        former = self.former_participation_agreements
        if begun is not None and agreement is not begun and begun.signed_at is not None:
            former = (*former, begun)
        signed = agreement.sign(side, consent)
        return self._with(participation_agreement=signed, former_participation_agreements=former)

    # the register -------------------------------------------------------------------------

    def change_possibilities(
        self,
        capabilities: tuple[Capability, ...],
        district_ids: tuple[str, ...],
        capacity: int,
        terms: Terms,
    ) -> Self:
        """Replace what the guardian can do; what it has promised to its families stays."""
        self._require("change_possibilities")
        if capacity < len(self.places):
            raise self._refusal("capacity_below_families", families=len(self.places))
        room = {each.category: each.max_families for each in capabilities}
        for kind, families in self.promised.items():
            most = room.get(kind, 0)
            if most is not None and most < families:
                promised = Labels("aid_category", (kind,))
                raise self._refusal("help_promised", kind=promised, families=families)
        return self._with(
            capabilities=capabilities,
            district_ids=district_ids,
            capacity_families=capacity,
            terms=terms,
        )

    def pause(self, reason: str, keep_families: bool, at: datetime) -> Self:
        """Take no new families for now; those in care must be kept explicitly."""
        self._require("pause")
        if self.places and not keep_families:
            raise self._refusal("families_not_settled")
        return self._moved(GuardianStatus.PAUSED, at, decision_reason=reason)

    def report_exhausted(self, at: datetime) -> Self:
        """Rest, as a report on a care asks; who moves to another region, once it is prepared."""
        exhausted = PauseReason.RESOURCES_EXHAUSTED.value
        if self.status in AT_WORK:
            return self.pause(exhausted, keep_families=True, at=at)
        if self.status in (GuardianStatus.ASSIGNED, GuardianStatus.CLARIFICATION):
            return self._with(decision_reason=exhausted)
        return self

    def resume(self, on: date, at: datetime) -> Self:
        """Take new families again, when all that is required is still proved."""
        self._require("resume")
        if not self.checklist_done:
            raise self._refusal("checklist_incomplete")
        if codes := missing(self.legal_form, self.checks, on):
            raise self._refusal("checks_missing", codes=Labels("guardian_check", codes))
        if self.unproved(on):
            raise self._refusal("training_outdated")
        return self._moved(working_status(self.places), at, decision_reason=None)

    def withdraw(self, reason: str, at: datetime) -> Self:
        """Leave the programme; the guardian's matches must have been ended first."""
        self._require("withdraw")
        if self.places:
            raise self._refusal("families_not_settled")
        return self._moved(GuardianStatus.WITHDRAWN, at, decision_reason=reason)

    def erase_contact(self) -> Self:
        """Forget the contact of a guardian that takes no part; the history stays, nameless."""
        if not self.decided_against:
            raise self._refused()
        return self._with(inn_index=None, contact_index=None)

    def _ready_if_complete(self, at: datetime) -> Self:
        if self.status is not GuardianStatus.ASSIGNED or not self.checklist_done:
            return self
        rests = self.decision_reason is not None
        return self._moved(GuardianStatus.PAUSED if rests else working_status(self.places), at)
