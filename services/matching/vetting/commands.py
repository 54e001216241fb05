"""What comes in while an organisation is vetted."""

from typing import Annotated

from services.matching.evidence.commands import PaperRef
from services.matching.guardians.commands import Districts
from services.matching.guardians.values import Invitee
from services.matching.organisations.values import CheckCode
from shared.api.models import Command, Text
from shared.domain import Day, RegionCode
from shared.reference.code_lists import Listed


class RecordCheck(Command):
    """One check of the vetting, with the paper or the entry that it was made by."""

    code: CheckCode
    passed: bool
    checked_on: Day
    evidence_ref: PaperRef


class OpenClarification(Command):
    """An invitation to a talk."""

    invited_role: Invitee
    question: Text


class CloseClarification(Command):
    """When the talk was held, and its result."""

    held_on: Day
    result: Annotated[str, Listed("clarification_result")]
    note: Text | None = None


class RejectGuardian(Command):
    """Why the organisation may not become a guardian."""

    reason: Annotated[str, Listed("guardian_rejection_reason")]


class AssignGuardian(Command):
    """Which region the guardian goes to."""

    region: RegionCode
    district_ids: Districts = []
