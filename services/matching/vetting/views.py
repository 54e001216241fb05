"""What goes out about the vetting of an organisation."""

from datetime import date, datetime
from typing import Annotated

from services.matching.codes import DecisionReason
from services.matching.evidence.domain import Proof
from services.matching.evidence.values import Check, Meeting, ParticipationAgreement, Training
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import Assignment, Clarification, Invitee
from shared.api.models import View
from shared.domain import CodeOf
from shared.privacy.vault import Fields


class EvidenceView(View):
    """What a guardian's standing rests on, and every record of it, the superseded ones too."""

    guardian_id: str
    requirements: tuple[Proof, ...]
    checks: tuple[Check, ...]
    approved_by: str | None
    training: Training | None
    interview: Meeting | None
    briefing: Meeting | None
    participation_agreement: ParticipationAgreement | None
    former_participation_agreements: tuple[ParticipationAgreement, ...]
    assignments: tuple[Assignment, ...]
    decision_reason: DecisionReason | None


class TalkView(View):
    """One talk with an organisation, with its words unless they were erased."""

    invited_role: Invitee
    opened_at: datetime
    held_on: date | None
    result: Annotated[str, CodeOf("clarification_result")] | None
    question: str | None
    note: str | None


def evidence_view(guardian: Guardian) -> EvidenceView:
    """Return the evidence as the headquarters see it."""
    return EvidenceView.of(guardian, requirements=guardian.proofs)


def talk_view(talk: Clarification, asked: Fields | None, answered: Fields | None) -> TalkView:
    """Return a talk with its words."""
    question, note = (asked or {}).get("question"), (answered or {}).get("note")
    return TalkView.of(talk, question=question, note=note)
