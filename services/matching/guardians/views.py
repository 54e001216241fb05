"""What goes out about a guardian; its contact is read on its own."""

from datetime import date, datetime

from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import (
    Capability,
    GuardianStatus,
    Invitee,
    LegalForm,
    TeamKind,
)
from shared.api.models import View


class GuardianView(View):
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
    duplicate_of: str | None
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


def guardian_view(guardian: Guardian) -> GuardianView:
    """Return what everybody may see who may see the guardian."""
    talking = guardian.status is GuardianStatus.CLARIFICATION
    return GuardianView.of(
        guardian,
        training_done=guardian.training is not None,
        interview_done=guardian.interview is not None,
        briefing_done=guardian.briefing is not None,
        participation_agreement_signed=guardian.participation_signed,
        talk_with=guardian.talks[-1].invited_role if talking else None,
        assigned_at=guardian.assignments[-1].at if guardian.assignments else None,
        training_completed_on=guardian.training.completed_on if guardian.training else None,
    )
