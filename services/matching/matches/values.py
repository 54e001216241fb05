"""What a match is made of: its codes, its states with their steps, and the values it keeps."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple, Self

from pydantic import Field

from services.matching.guardians.values import Programme
from shared.domain import AidCategory, CodeEnum, CodeOf, KnownCodes, ValueObject
from shared.ids import pattern

MatchId = Annotated[str, Field(pattern=pattern("mat"))]


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


class CancelReason(KnownCodes, of="match_cancel_reason"):
    """The reasons that rules ask for: no introduction in a week, nothing left to help with."""

    LAPSED = "lapsed"
    NEEDS_MET = "needs_met"


class MatchStatus(CodeEnum, of="match_status"):
    """How far a match has come."""

    PROPOSED = "proposed"
    INTRODUCED = "introduced"
    AGREED = "agreed"
    ACTIVE = "active"
    ENDING = "ending"
    ENDED = "ended"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        """Whether the family is bound to such a match."""
        return self not in (MatchStatus.ENDED, MatchStatus.DECLINED, MatchStatus.CANCELLED)

    @property
    def in_care(self) -> bool:
        """Whether the family of such a match receives permanent help."""
        return self in (MatchStatus.ACTIVE, MatchStatus.ENDING)


STEPS: Mapping[MatchStatus, Mapping[str, Any]] = {
    MatchStatus.PROPOSED: {
        "hold_introduction": MatchStatus.INTRODUCED,
        "accept": None,
        "explain_delay": None,
        "decline": MatchStatus.DECLINED,
        "cancel": MatchStatus.CANCELLED,
    },
    MatchStatus.INTRODUCED: {
        "draft_agreement": None,
        "sign_agreement": (MatchStatus.INTRODUCED, MatchStatus.AGREED),
        "decline": MatchStatus.DECLINED,
        "cancel": MatchStatus.CANCELLED,
    },
    MatchStatus.AGREED: {
        "record_help": MatchStatus.ACTIVE,
        "draft_agreement": None,
        "sign_agreement": None,
        "decline": MatchStatus.DECLINED,
        "cancel": MatchStatus.CANCELLED,
    },
    MatchStatus.ACTIVE: {
        "record_help": None,
        "correct_help": None,
        "record_call": None,
        "correct_call": None,
        "draft_agreement": None,
        "sign_agreement": None,
        "report": None,
        "submit_story": None,
        "notify_termination": MatchStatus.ENDING,
        "raise_concern": None,
        "hear_side": None,
        "end": MatchStatus.ENDED,
    },
    MatchStatus.ENDING: {
        "record_help": None,
        "correct_help": None,
        "record_call": None,
        "correct_call": None,
        "report": None,
        "submit_story": None,
        "notify_termination": None,
        "withdraw_notice": (MatchStatus.ENDING, MatchStatus.ACTIVE),
        "raise_concern": None,
        "hear_side": None,
        "end": MatchStatus.ENDED,
    },
    MatchStatus.ENDED: {"correct_call": None, "lift_exclusion": None},
    MatchStatus.DECLINED: {},
    # Of a proposal that lapsed: they had met, and it was written down too late.
    MatchStatus.CANCELLED: {"record_late_introduction": None},
}


class Need(ValueObject):
    """One need of the family, as an id and a category."""

    need_id: str
    category: AidCategory


class Answer(ValueObject):
    """One side's yes to the proposal; of a headquarters that gave it for the side, how it knew."""

    side: Party
    at: datetime
    by: str
    evidence: Annotated[str, CodeOf("match_evidence")] | None = None


class Delay(ValueObject):
    """Why family and guardian did not meet in time."""

    reason: Annotated[str, CodeOf("introduction_delay_reason")]
    at: datetime
    by: str


class Introduction(ValueObject):
    """The first contact, held with the headquarters; its match says whether it was `in_time`.

    `evidence` is how the headquarters knows of one that it records after the limit.
    """

    held_at: datetime
    format: Annotated[str, CodeOf("introduction_format")]
    hq_participant: str
    participants: tuple[Party, ...]
    in_time: bool = True
    recorded_at: datetime
    evidence: Annotated[str, CodeOf("match_evidence")] | None = None


class CareAgreement(ValueObject):
    """What help the family gets, signed by both sides; `number` counts the signed versions.

    `by_headquarters` is the side whose signature went through the headquarters' hands.
    """

    agreement_id: str
    number: int = 1
    programme: Programme = Programme.SERVICE_MEMBER_CARE
    needs: tuple[Need, ...]
    frequency: Annotated[str, CodeOf("help_frequency")]
    starts_on: date
    template_version: str
    drafted_at: datetime
    signed_family_at: datetime | None = None
    signed_guardian_at: datetime | None = None
    family_evidence: Annotated[str, CodeOf("match_evidence")] | None = None
    by_headquarters: Party | None = None

    @property
    def signed_by_sides(self) -> frozenset[Party]:
        """The sides that have signed."""
        signed = {Party.FAMILY: self.signed_family_at, Party.GUARDIAN: self.signed_guardian_at}
        return frozenset(side for side, at in signed.items() if at is not None)

    @property
    def complete(self) -> bool:
        """Whether both sides have signed."""
        return self.signed_by_sides == frozenset(Party)

    @property
    def signed_at(self) -> datetime:
        """When the second of both sides signed."""
        return max(filter(None, (self.signed_family_at, self.signed_guardian_at)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of help that were agreed on."""
        return tuple(need.category for need in self.needs)

    def need(self, need_id: str) -> Need | None:
        """Return one of the needs that were agreed on."""
        return next((need for need in self.needs if need.need_id == need_id), None)

    def sign(
        self, party: Party, evidence: str | None, at: datetime, *, own_hand: bool
    ) -> Self | None:
        """Sign for one side; None when the headquarters had a hand in the other signature."""
        if not own_hand and self.by_headquarters is not None:
            return None
        through = {} if own_hand else {"by_headquarters": party}
        if party is Party.FAMILY:
            return self._with(signed_family_at=at, family_evidence=evidence, **through)
        return self._with(signed_guardian_at=at, **through)


class Notice(ValueObject):
    """One side's word that it stops."""

    by: Party
    at: datetime
    reason: TerminationReason


class Hearing(ValueObject):
    """A talk of the headquarters with one side before an end by conflict."""

    side: Party
    at: datetime
    by: str
    result: Annotated[str, CodeOf("hearing_result")]


class HelpDays(NamedTuple):
    """The first days on which help was given, and the last one."""

    first: tuple[date, ...]
    last: date | None


class Ending(ValueObject):
    """How the care ended; after a conflict, when the pair was allowed again."""

    reason: TerminationReason
    at: datetime
    effective_on: date
    open_categories: tuple[AidCategory, ...]
    exclusion_lifted_at: datetime | None = None

    @property
    def excludes(self) -> bool:
        """Whether the pair is never proposed again."""
        return self.reason is TerminationReason.CONFLICT and self.exclusion_lifted_at is None
