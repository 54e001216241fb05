"""A guardian organisation on its way from the application to caring for families.

A proposal takes one of its places in the same transaction, so the last place is given once.
"""

from datetime import date, datetime
from typing import ClassVar, Self

from services.matching.guardians.values import (
    AT_WORK,
    STEPS,
    Assignment,
    Capability,
    Clarification,
    GuardianStatus,
    Invitee,
    LegalForm,
    Meeting,
    ParticipationAgreement,
    Programme,
    RejectionReason,
    Reservation,
    TeamKind,
    Training,
    working_status,
)
from shared.domain import StatefulAggregate
from shared.errors import IllegalStep, Invalid

SMALLEST_TEAM = 2


class Guardian(StatefulAggregate):
    """An organisation that cares for families for long; never a single person."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "guardian_is_{status}"

    guardian_id: str
    number: str
    programme: Programme
    title: str | None = None
    requested_region: str
    region: str | None = None
    legal_form: LegalForm
    team_kind: TeamKind
    team_size: int
    capabilities: tuple[Capability, ...]
    districts: tuple[str, ...] = ()
    capacity_families: int = 1
    status: GuardianStatus = GuardianStatus.APPLIED
    status_before: GuardianStatus | None = None
    decision_reason: str | None = None
    checks: dict[str, bool] = {}
    talks: tuple[Clarification, ...] = ()
    training: Training | None = None
    interview: Meeting | None = None
    briefing: Meeting | None = None
    participation_agreement: ParticipationAgreement | None = None
    assignments: tuple[Assignment, ...] = ()
    places: tuple[Reservation, ...] = ()
    reached: dict[str, datetime] = {}
    contact_erased: bool = False
    duplicate_of: str | None = None

    @classmethod
    def apply(cls, *, applied_at: datetime, **application: object) -> Self:
        """Make a new application; a sole proprietor without a team is refused at once."""
        guardian = cls.model_validate(application)._moved(GuardianStatus.APPLIED, applied_at)
        lone = guardian.legal_form is LegalForm.SOLE_PROPRIETOR_WITH_TEAM
        if lone and guardian.team_size < SMALLEST_TEAM:
            return guardian.reject(RejectionReason.NO_TEAM.value, applied_at)
        return guardian

    def take_into_vetting(self, at: datetime) -> Self:
        """Begin to look at the application."""
        self._require("take_into_vetting")
        return self._moved(GuardianStatus.IN_VETTING, at)

    def record_check(self, code: str, passed: bool) -> Self:
        """Record one check of the vetting, such as the registry entry, with its result."""
        self._require("record_check")
        return self._with(checks={**self.checks, code: passed})

    def approve(self, at: datetime) -> Self:
        """End the vetting well: every recorded check has passed, and there is at least one."""
        self._require("approve")
        if not self.checks:
            raise IllegalStep("no_checks_yet", ("record_check", "reject"))
        if not all(self.checks.values()):
            raise IllegalStep("check_failed", ("record_check", "reject"))
        return self._moved(GuardianStatus.APPROVED, at)

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

    def assign(self, region: str, districts: tuple[str, ...], at: datetime) -> Self:
        """Give the guardian to a region; what another region has done for it starts anew."""
        self._require("assign")
        assignments = (*self.assignments, Assignment(region=region, at=at))
        assigned = self._with(region=region, assignments=assignments)
        if self.region not in (None, region):
            assigned = assigned._with(interview=None, briefing=None, districts=())
        districts = districts or assigned.districts
        return assigned._moved(GuardianStatus.ASSIGNED, at, districts=districts)

    def record_training(self, training: Training, at: datetime) -> Self:
        """Record that the guardian's people have taken the training."""
        self._require("record_training")
        return self._with(training=training)._ready_if_complete(at)

    def hold_interview(self, interview: Meeting, reason: str | None, at: datetime) -> Self:
        """Record the obligatory interview; a failed one rejects and needs a reason."""
        self._require("hold_interview")
        held = self._with(interview=interview)
        if interview.result == "passed":
            return held._ready_if_complete(at)
        if not reason:
            raise Invalid("reason_missing", "/reason")
        return held._moved(GuardianStatus.REJECTED, at, decision_reason=reason)

    def hold_briefing(self, briefing: Meeting, at: datetime) -> Self:
        """Record the obligatory briefing."""
        self._require("hold_briefing")
        return self._with(briefing=briefing)._ready_if_complete(at)

    def sign_participation_agreement(self, template_version: str, at: datetime) -> Self:
        """Sign, once per region; it guards the care agreement, not the proposal."""
        self._require("sign_participation_agreement")
        if self.participation_signed:
            raise self._refusal("participation_agreement_already_signed")
        agreement = ParticipationAgreement(
            region=self.home_region, signed_at=at, template_version=template_version
        )
        return self._with(participation_agreement=agreement)

    def change_possibilities(
        self, capabilities: tuple[Capability, ...], districts: tuple[str, ...], capacity: int
    ) -> Self:
        """Replace what the guardian can do; families it has are not taken away."""
        self._require("change_possibilities")
        if capacity < len(self.places):
            raise self._refusal("capacity_below_families", families=len(self.places))
        return self._with(
            capabilities=capabilities, districts=districts, capacity_families=capacity
        )

    def pause(self, reason: str, keep_families: bool, at: datetime) -> Self:
        """Take no new families for now; those in care must be kept explicitly."""
        self._require("pause")
        if self.places and not keep_families:
            raise self._refusal("families_not_settled")
        return self._moved(GuardianStatus.PAUSED, at, decision_reason=reason)

    def resume(self, at: datetime) -> Self:
        """Take new families again."""
        self._require("resume")
        if not self.checklist_done:
            raise self._refusal("checklist_incomplete")
        return self._moved(working_status(self.places), at, decision_reason=None)

    def withdraw(self, reason: str, at: datetime) -> Self:
        """Leave the programme; the guardian's matches must have been ended first."""
        self._require("withdraw")
        if self.places:
            raise self._refusal("families_not_settled")
        return self._moved(GuardianStatus.WITHDRAWN, at, decision_reason=reason)

    def erase_contact(self) -> Self:
        """Forget the contact of a guardian that takes no part; the history stays, nameless."""
        if self.status not in (GuardianStatus.WITHDRAWN, GuardianStatus.REJECTED):
            raise self._refused()
        return self._with(contact_erased=True)

    def take_place(self, match_id: str, categories: tuple[str, ...]) -> Self:
        """Keep a place for a family that is being proposed."""
        if self.status not in AT_WORK:
            raise self._refused()
        if self.free_capacity <= 0:
            raise self._refusal("no_free_capacity")
        place = Reservation(match_id=match_id, categories=categories)
        return self._with(places=(*self.places, place))

    def activate_place(self, match_id: str, at: datetime) -> Self:
        """Care for the family of a match from its first help on."""
        places = (p.activate() if p.match_id == match_id else p for p in self.places)
        return self._with_places(tuple(places), at)

    def release_place(self, match_id: str, at: datetime) -> Self:
        """Free the place of a match that is over."""
        return self._with_places(tuple(p for p in self.places if p.match_id != match_id), at)

    @property
    def free_capacity(self) -> int:
        """How many more families the guardian can take."""
        return self.capacity_families - len(self.places)

    @property
    def checklist_done(self) -> bool:
        """Training, passed interview and briefing; the participation agreement may come later."""
        passed = self.interview is not None and self.interview.result == "passed"
        return self.training is not None and passed and self.briefing is not None

    @property
    def participation_signed(self) -> bool:
        """Whether there is an agreement with the region the guardian belongs to now."""
        agreement = self.participation_agreement
        return agreement is not None and agreement.region == self.region

    @property
    def home_region(self) -> str:
        """The region the guardian belongs to, or the asked one before."""
        return self.region or self.requested_region

    @property
    def visible_region(self) -> str | None:
        """The region whose headquarters may look: its own, or the asked one during a talk."""
        return self.home_region if self.status is GuardianStatus.CLARIFICATION else self.region

    def _ready_if_complete(self, at: datetime) -> Self:
        if self.status is GuardianStatus.ASSIGNED and self.checklist_done:
            return self._moved(GuardianStatus.READY, at)
        return self

    def _with_places(self, places: tuple[Reservation, ...], at: datetime) -> Self:
        changed = self._with(places=places)
        return changed._moved(working_status(places), at) if self.status in AT_WORK else changed

    def _refused(self) -> IllegalStep:
        return self._refusal(self.REFUSAL.format(status=self.status))

    def _moved(self, status: GuardianStatus, at: datetime, **changes: object) -> Self:
        reached = {status.value: at, **self.reached}
        return self._with(status=status, reached=reached, **changes)
