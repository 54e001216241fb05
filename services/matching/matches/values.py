"""What a match is made of: its states, its legal steps and the facts it keeps."""

from datetime import date, datetime
from typing import Self

from shared.domain import CodeEnum, ValueObject
from shared.errors import IllegalStep


class Party(CodeEnum, of="match_side"):
    """The two sides of a match."""

    FAMILY = "family"
    GUARDIAN = "guardian"


class TerminationReason(CodeEnum, of="match_termination_reason"):
    """The four reasons for which care may end."""

    NEEDS_CANNOT_BE_MET = "needs_cannot_be_met"
    GUARDIAN_RESOURCES_EXHAUSTED = "guardian_resources_exhausted"
    CONFLICT = "conflict"
    ALL_NEEDS_MET = "all_needs_met"


class MatchStatus(CodeEnum, of="match_status"):
    """Where a match stands."""

    PROPOSED = "proposed"
    INTRODUCED = "introduced"
    AGREED = "agreed"
    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"
    DECLINED = "declined"
    CANCELLED = "cancelled"


OPEN = (
    MatchStatus.PROPOSED,
    MatchStatus.INTRODUCED,
    MatchStatus.AGREED,
    MatchStatus.ACTIVE,
    MatchStatus.ENDING,
)
IN_CARE = (MatchStatus.ACTIVE, MatchStatus.ENDING)

NEXT_STEPS: dict[MatchStatus, tuple[str, ...]] = {
    MatchStatus.PROPOSED: ("hold_introduction", "decline", "cancel"),
    MatchStatus.INTRODUCED: ("draft_agreement", "sign_agreement", "decline", "cancel"),
    MatchStatus.AGREED: ("record_help", "cancel"),
    MatchStatus.ACTIVE: (
        "record_help",
        "record_call",
        "report",
        "submit_story",
        "notify_termination",
        "end",
    ),
    MatchStatus.ENDING: (
        "record_help",
        "report",
        "submit_story",
        "notify_termination",
        "withdraw_notice",
        "end",
    ),
    MatchStatus.ENDED: (),
    MatchStatus.DECLINED: (),
    MatchStatus.CANCELLED: (),
}


class Need(ValueObject):
    """One need of the family, as an id and a category."""

    need_id: str
    category: str


class Introduction(ValueObject):
    """The first contact, held with the headquarters."""

    held_at: datetime
    format: str
    hq_participant: str
    participants: tuple[Party, ...]
    in_time: bool


class CareAgreement(ValueObject):
    """What help the family gets, signed by both sides."""

    agreement_id: str
    needs: tuple[Need, ...]
    frequency: str
    starts_on: date
    template_version: str
    signed_family_at: datetime | None = None
    signed_guardian_at: datetime | None = None
    family_evidence: str | None = None

    @property
    def complete(self) -> bool:
        """Whether both sides have signed."""
        return self.signed_family_at is not None and self.signed_guardian_at is not None

    def sign(self, party: Party, evidence: str | None, at: datetime) -> Self:
        """One side signs, once."""
        if party is Party.FAMILY:
            changes = {"signed_family_at": at, "family_evidence": evidence}
            signed = self.signed_family_at
        else:
            changes = {"signed_guardian_at": at}
            signed = self.signed_guardian_at
        if signed is not None:
            raise IllegalStep("already_signed", ("sign_agreement",))
        return self.model_copy(update=changes)


class Notice(ValueObject):
    """One side's word that it stops."""

    by: Party
    at: datetime
    reason: TerminationReason


class Ending(ValueObject):
    """How the care ended."""

    reason: TerminationReason
    at: datetime
    effective_on: date
    open_categories: tuple[str, ...]
