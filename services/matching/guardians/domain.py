"""A guardian organisation on its way from the application to caring for families.

Places are part of the guardian: a proposal takes one in the same transaction, so the last place
is given once.
"""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.matching.guardians.values import (
    NEXT_STEPS,
    Assignment,
    Capability,
    Clarification,
    GuardianStatus,
    Meeting,
    ParticipationAgreement,
    Reservation,
    Training,
)
from services.matching.words import Invitee, LegalForm, Programme, TeamKind
from shared.errors import IllegalStep, Invalid

SMALLEST_TEAM = 2


class Guardian(BaseModel):
    """An organisation that cares for families for long; never a single person."""

    model_config = ConfigDict(defer_build=True, frozen=True, hide_input_in_errors=True)

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
    version: int = 0

    # vetting at the federal headquarters

    @classmethod
    def apply(cls, *, applied_at: datetime, **application: object) -> Self:
        """A new application; a sole proprietor without a team is refused at once."""
        guardian = cls.model_validate(application)._moved(GuardianStatus.APPLIED, applied_at)
        lonely = guardian.legal_form is LegalForm.SOLE_PROPRIETOR_WITH_TEAM
        if lonely and guardian.team_size < SMALLEST_TEAM:
            return guardian._moved(GuardianStatus.REJECTED, applied_at, decision_reason="no_team")
        return guardian

    def take_into_vetting(self, at: datetime) -> Self:
        """The federal headquarters begins to look at the application."""
        self._expect("take_into_vetting")
        return self._moved(GuardianStatus.IN_VETTING, at)

    def record_check(self, code: str, passed: bool) -> Self:
        """One check of the vetting, such as the registry entry, with its result."""
        self._expect("record_check")
        return self._with(checks={**self.checks, code: passed})

    def approve(self, at: datetime) -> Self:
        """The vetting ends well: every recorded check has passed, and there is at least one."""
        self._expect("approve")
        if not self.checks:
            raise IllegalStep("no_checks_yet", ("record_check", "reject"))
        if not all(self.checks.values()):
            raise IllegalStep("check_failed", ("record_check", "reject"))
        return self._moved(GuardianStatus.APPROVED, at)

    def reject(self, reason: str, at: datetime) -> Self:
        """The vetting ends badly, for a reason that the organisation is told."""
        self._expect("reject")
        return self._moved(GuardianStatus.REJECTED, at, decision_reason=reason)

    def open_clarification(self, invited_role: Invitee, at: datetime) -> Self:
        """Invite the organisation to a talk; nothing is decided until it has been held."""
        self._expect("open_clarification")
        talk = Clarification(invited_role=invited_role, opened_at=at)
        return self._moved(
            GuardianStatus.CLARIFICATION, at, status_before=self.status, talks=(*self.talks, talk)
        )

    def close_clarification(self, held_on: date, result: str, at: datetime) -> Self:
        """The talk was held; the guardian goes on from where it stood."""
        self._expect("close_clarification")
        if self.status_before is None:
            raise IllegalStep("guardian_is_clarification", NEXT_STEPS[self.status])
        closed = self.talks[-1].model_copy(update={"held_on": held_on, "result": result})
        return self._moved(
            self.status_before, at, status_before=None, talks=(*self.talks[:-1], closed)
        )

    # the checklist at the regional headquarters

    def assign(self, region: str, districts: tuple[str, ...], at: datetime) -> Self:
        """Give the guardian to a region; what another region has done for it starts anew."""
        self._expect("assign")
        moved = self.region not in (None, region)
        return self._moved(
            GuardianStatus.ASSIGNED,
            at,
            region=region,
            districts=districts or (() if moved else self.districts),
            assignments=(*self.assignments, Assignment(region=region, at=at)),
            **({"interview": None, "briefing": None} if moved else {}),
        )

    def record_training(self, training: Training, at: datetime) -> Self:
        """The guardian's people have taken the training."""
        self._expect("record_training")
        return self._with(training=training)._ready_if_complete(at)

    def hold_interview(self, interview: Meeting, reason: str | None, at: datetime) -> Self:
        """The obligatory interview; a failed one ends the way and needs a reason."""
        self._expect("hold_interview")
        held = self._with(interview=interview)
        if interview.result == "passed":
            return held._ready_if_complete(at)
        if not reason:
            raise Invalid("reason_missing", "/reason")
        return held._moved(GuardianStatus.REJECTED, at, decision_reason=reason)

    def hold_briefing(self, briefing: Meeting, at: datetime) -> Self:
        """The obligatory briefing."""
        self._expect("hold_briefing")
        return self._with(briefing=briefing)._ready_if_complete(at)

    def sign_participation_agreement(self, template_version: str, at: datetime) -> Self:
        """Signed once per region; it guards the care agreement, not the proposal."""
        self._expect("sign_participation_agreement")
        if self.participation_signed:
            raise IllegalStep("participation_agreement_already_signed", NEXT_STEPS[self.status])
        assert self.region is not None
        agreement = ParticipationAgreement(
            region=self.region, signed_at=at, template_version=template_version
        )
        return self._with(participation_agreement=agreement)

    # in the register

    def change_possibilities(
        self,
        capabilities: tuple[Capability, ...],
        districts: tuple[str, ...],
        capacity_families: int,
    ) -> Self:
        """The guardian can do more or less than before; families it has are not taken away."""
        self._expect("change_possibilities")
        if capacity_families < len(self.places):
            raise IllegalStep(
                "capacity_below_families", NEXT_STEPS[self.status], families=len(self.places)
            )
        return self._with(
            capabilities=capabilities, districts=districts, capacity_families=capacity_families
        )

    def pause(self, reason: str, keep_families: bool, at: datetime) -> Self:
        """No new families for now; those in care must be kept explicitly."""
        self._expect("pause")
        if self.places and not keep_families:
            raise IllegalStep("families_not_settled", NEXT_STEPS[self.status])
        return self._moved(GuardianStatus.PAUSED, at, decision_reason=reason)

    def resume(self, at: datetime) -> Self:
        """New families are welcome again."""
        self._expect("resume")
        if not self.checklist_done:
            raise IllegalStep("checklist_incomplete", NEXT_STEPS[self.status])
        return self._moved(self._at_work(self.places), at, decision_reason=None)

    def withdraw(self, reason: str, at: datetime) -> Self:
        """The guardian leaves; its matches must have been ended first."""
        self._expect("withdraw")
        if self.places:
            raise IllegalStep("families_not_settled", NEXT_STEPS[self.status])
        return self._moved(GuardianStatus.WITHDRAWN, at, decision_reason=reason)

    def erase_contact(self) -> Self:
        """Only who takes no part any more is forgotten; the history stays, without a name."""
        if self.status not in (GuardianStatus.WITHDRAWN, GuardianStatus.REJECTED):
            raise IllegalStep(f"guardian_is_{self.status}", NEXT_STEPS[self.status])
        return self._with(contact_erased=True)

    # places

    def take_place(self, match_id: str, categories: tuple[str, ...]) -> Self:
        """Keep a place for a family that is being proposed."""
        if self.status not in (GuardianStatus.READY, GuardianStatus.CARING):
            raise IllegalStep(f"guardian_is_{self.status}", NEXT_STEPS[self.status])
        if self.free_capacity <= 0:
            raise IllegalStep("no_free_capacity", NEXT_STEPS[self.status])
        place = Reservation(match_id=match_id, categories=categories)
        return self._with(places=(*self.places, place))

    def activate_place(self, match_id: str, at: datetime) -> Self:
        """The first help was given: the guardian is caring."""
        places = tuple(
            place.model_copy(update={"active": True}) if place.match_id == match_id else place
            for place in self.places
        )
        return self._with_places(places, at)

    def release_place(self, match_id: str, at: datetime) -> Self:
        """The match is over, its place is free."""
        return self._with_places(
            tuple(place for place in self.places if place.match_id != match_id), at
        )

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
    def visible_region(self) -> str | None:
        """The region whose headquarters may look: its own, or the asked one during a talk."""
        if self.region is None and self.status is GuardianStatus.CLARIFICATION:
            return self.requested_region
        return self.region

    def _ready_if_complete(self, at: datetime) -> Self:
        if self.status is GuardianStatus.ASSIGNED and self.checklist_done:
            return self._moved(GuardianStatus.READY, at)
        return self

    def _with_places(self, places: tuple[Reservation, ...], at: datetime) -> Self:
        changed = self._with(places=places)
        if self.status not in (GuardianStatus.READY, GuardianStatus.CARING):
            return changed
        return changed._moved(self._at_work(places), at)

    @staticmethod
    def _at_work(places: tuple[Reservation, ...]) -> GuardianStatus:
        return (
            GuardianStatus.CARING if any(place.active for place in places) else GuardianStatus.READY
        )

    def _expect(self, step: str) -> None:
        if step not in NEXT_STEPS[self.status]:
            raise IllegalStep(f"guardian_is_{self.status}", NEXT_STEPS[self.status], step=step)

    def _moved(self, status: GuardianStatus, at: datetime, **changes: object) -> Self:
        reached = {status.value: at, **self.reached}
        return self._with(status=status, reached=reached, **changes)

    def _with(self, **changes: object) -> Self:
        return self.model_copy(update=changes)
