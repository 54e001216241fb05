"""What goes out about a guardian; its contact is read on its own."""

from datetime import date, datetime
from typing import Annotated

from services.matching.codes import DecisionReason, RequirementCode, StepCode
from services.matching.evidence.domain import Proof, latest
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import (
    Capability,
    GuardianStatus,
    Invitee,
    Programme,
    Terms,
)
from services.matching.organisations.values import LegalForm, TeamKind
from services.matching.participation.values import current
from shared import clock
from shared.api.models import View
from shared.domain import CodeOf
from shared.reference import regions


class GuardianView(View):
    """A guardian as the register shows it: no contact, no person."""

    guardian_id: str
    number: str
    title: str | None
    host_title: str | None
    inn: str | None
    ogrn: str | None
    programme: Programme
    status: GuardianStatus
    region: str | None
    requested_region: str
    legal_form: LegalForm
    team_kind: TeamKind
    team_size: int
    capabilities: tuple[Capability, ...]
    district_ids: tuple[str, ...]
    capacity_families: int
    terms: Terms
    free_capacity: int
    decision_reason: DecisionReason | None
    duplicate_of: str | None
    checks: dict[Annotated[str, CodeOf("guardian_check")], bool]
    requirements: tuple[Proof, ...]
    unproved: tuple[RequirementCode, ...]
    training_done: bool
    interview_done: bool
    briefing_done: bool
    participation_agreement_signed: bool
    talk_with: Invitee | None
    applied_at: datetime
    reached: dict[Annotated[str, CodeOf("guardian_status")], datetime]
    assigned_at: datetime | None
    training_completed_on: date | None
    next_steps: tuple[StepCode, ...]
    version: int


def guardian_view(guardian: Guardian) -> GuardianView:
    """Return what everybody may see who may see the guardian."""
    region, talking = guardian.home_region, guardian.status is GuardianStatus.CLARIFICATION
    return GuardianView.of(
        guardian,
        checks={code: check.passed for code, check in latest(guardian.checks).items()},
        requirements=guardian.proofs,
        unproved=guardian.unproved(regions.local_date(region, clock.now())),
        training_done=guardian.training is not None,
        interview_done=guardian.interview is not None,
        briefing_done=guardian.briefing is not None,
        participation_agreement_signed=guardian.participation_signed(current().text_hash),
        applied_at=guardian.applied_at,
        talk_with=guardian.talks[-1].invited_role if talking else None,
        assigned_at=guardian.in_region_since if guardian.assignments else None,
        training_completed_on=guardian.training.completed_on if guardian.training else None,
    )
