"""What a guardian's record shows; the contact is asked for apart."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict

from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import NEXT_STEPS, Capability, GuardianStatus
from services.matching.words import Invitee, LegalForm, TeamKind


class Shown(BaseModel):
    """An answer."""

    model_config = ConfigDict(defer_build=True, frozen=True)


class GuardianView(Shown):
    """A guardian as the register shows it: no contact, no person."""

    guardian_id: str
    number: str
    title: str | None
    programme: str
    status: GuardianStatus
    region: str | None
    requested_region: str
    legal_form: LegalForm
    team_kind: TeamKind
    team_size: int
    capabilities: tuple[Capability, ...]
    districts: tuple[str, ...]
    capacity_families: int
    free_capacity: int
    decision_reason: str | None
    checks: dict[str, bool]
    training_done: bool
    interview_done: bool
    briefing_done: bool
    participation_agreement_signed: bool
    talk_with: Invitee | None
    reached: dict[str, datetime]
    assigned_at: datetime | None
    training_completed_on: date | None
    next_steps: tuple[str, ...]
    version: int

    @classmethod
    def of(cls, guardian: Guardian) -> Self:
        """The record without what only some may see."""
        talking = guardian.status is GuardianStatus.CLARIFICATION
        same = guardian.model_dump(include=set(cls.model_fields) - {"capabilities"})
        return cls(
            **same,
            capabilities=guardian.capabilities,
            free_capacity=guardian.free_capacity,
            training_done=guardian.training is not None,
            interview_done=guardian.interview is not None,
            briefing_done=guardian.briefing is not None,
            participation_agreement_signed=guardian.participation_signed,
            talk_with=guardian.talks[-1].invited_role if talking else None,
            assigned_at=guardian.assignments[-1].at if guardian.assignments else None,
            training_completed_on=guardian.training.completed_on if guardian.training else None,
            next_steps=NEXT_STEPS[guardian.status],
        )


class GuardianContact(Shown):
    """Whom to call at a guardian; each look at it is written down."""

    guardian_id: str
    title: str
    name: str
    person_role: str
    phone: str | None = None
    address: str | None = None
