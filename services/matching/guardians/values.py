"""What a guardian's record is made of: its states, its legal steps and the facts it keeps."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from services.matching.words import Category, Invitee
from shared.domain import CodeEnum


class GuardianStatus(CodeEnum, of="guardian_status"):
    """Where a guardian stands."""

    APPLIED = "applied"
    IN_VETTING = "in_vetting"
    CLARIFICATION = "clarification"
    APPROVED = "approved"
    ASSIGNED = "assigned"
    READY = "ready"
    CARING = "caring"
    PAUSED = "paused"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


NEXT_STEPS: dict[GuardianStatus, tuple[str, ...]] = {
    GuardianStatus.APPLIED: ("take_into_vetting", "reject", "withdraw"),
    GuardianStatus.IN_VETTING: (
        "record_check",
        "open_clarification",
        "approve",
        "reject",
        "withdraw",
    ),
    GuardianStatus.CLARIFICATION: ("close_clarification", "withdraw"),
    GuardianStatus.APPROVED: ("assign", "record_training", "withdraw"),
    GuardianStatus.ASSIGNED: (
        "record_training",
        "hold_interview",
        "hold_briefing",
        "sign_participation_agreement",
        "change_possibilities",
        "open_clarification",
        "assign",
        "withdraw",
    ),
    GuardianStatus.READY: (
        "sign_participation_agreement",
        "change_possibilities",
        "pause",
        "withdraw",
    ),
    GuardianStatus.CARING: (
        "sign_participation_agreement",
        "change_possibilities",
        "pause",
        "withdraw",
    ),
    GuardianStatus.PAUSED: (
        "sign_participation_agreement",
        "change_possibilities",
        "resume",
        "withdraw",
    ),
    GuardianStatus.WITHDRAWN: (),
    GuardianStatus.REJECTED: (),
}


class Fact(BaseModel):
    """A value inside an aggregate."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )


class Capability(Fact):
    """One kind of help a guardian gives; without districts of its own it is given in all."""

    category: Category
    districts: tuple[str, ...] = ()
    max_families: int | None = None


class Reservation(Fact):
    """A place of the guardian that a match has taken."""

    match_id: str
    categories: tuple[str, ...]
    active: bool = False


class Clarification(Fact):
    """A clarifying talk with the organisation; its words lie in the vault."""

    invited_role: Invitee
    opened_at: datetime
    held_on: date | None = None
    result: str | None = None


class Training(Fact):
    """The initial online training, proved by a certificate."""

    course: str
    completed_on: date
    certificate_ref: str


class Meeting(Fact):
    """An interview or a briefing at the regional headquarters."""

    held_on: date
    by: str
    result: str = "passed"


class ParticipationAgreement(Fact):
    """The guardian's agreement with one regional headquarters."""

    region: str
    signed_at: datetime
    template_version: str


class Assignment(Fact):
    """A region that the guardian was given to, kept when it moves on."""

    region: str
    at: datetime
