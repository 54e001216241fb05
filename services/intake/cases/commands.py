"""What is asked about cases by headquarters; how needs are named is used by all who name them."""

from typing import Annotated

from pydantic import Field

from services.intake.cases.values import NeedId, Status
from services.intake.codes.values import Programme, TriageDecision, Urgency
from services.intake.providers.values import ProviderId
from shared.api.models import Command, RegionQuery, Text
from shared.domain import DistrictCode, RegionCode, UserId
from shared.reference.code_lists import Listed

# What another system, or an edition of a text, is called.
AnyCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]

Category = Annotated[str, Listed("aid_category")]

MAX_AT_ONCE = 10


class ListCases(RegionQuery):
    """Which cases of a region to list: all open ones, or by one of the four filters.

    `overdue` are those whose limit is over: care whose result is missing, a request that was
    not taken, and so on.
    """

    district_id: DistrictCode | None = None
    programme: Programme | None = None
    status: Status | None = None
    taken_by: UserId | None = None
    overdue: bool = False


class CountCases(Command):
    """The region whose open cases are counted."""

    region: RegionCode | None = None


class TakeOver(Command):
    """Whose case it is, and why another coordinator goes on with it."""

    taken_from: UserId
    reason: Annotated[str, Listed("case_takeover_reason")]


class NewNeed(Command):
    """One kind of help that the family asks for, with its own words about it."""

    category: Category
    text: Text | None = None
    urgency: Urgency = Urgency.NORMAL


class ChangedNeed(Command):
    """New category, urgency or words for one open need; what is left out stays."""

    need_id: NeedId
    category: Category | None = None
    text: Text | None = None
    urgency: Urgency | None = None


class DroppedNeed(Command):
    """A need that goes off the list without being met."""

    need_id: NeedId
    reason: Annotated[str, Listed("need_drop_reason")]


class NeedCommand(Command):
    """What is changed about a family's needs."""

    add: list[NewNeed] = Field(default=[], max_length=MAX_AT_ONCE)
    change: list[ChangedNeed] = Field(default=[], max_length=MAX_AT_ONCE)
    met: list[NeedId] = Field(default=[], max_length=MAX_AT_ONCE)
    drop: list[DroppedNeed] = Field(default=[], max_length=MAX_AT_ONCE)


class ClarifyNeeds(NeedCommand):
    """What headquarters learnt from the family; `confirm` says that a need is understood as is.

    `urgency` is that of the case: what could not wait may be settled. Needs have their own.
    """

    confirm: list[NeedId] = Field(default=[], max_length=MAX_AT_ONCE)
    urgency: Urgency | None = None


class TriageCase(Command):
    """What kind of answer the family gets; each decision needs its own particulars."""

    decision: TriageDecision
    reason: Annotated[str, Listed("request_decline_reason")] | None = None
    provider_id: ProviderId | None = None
    long_term_need: bool = False
    care_reason: Annotated[str, Listed("care_reason")] | None = None


class RequireCare(Command):
    """The marker «guardianship required», and why one visit is not enough."""

    long_term_need: bool
    reason: Annotated[str, Listed("care_reason")]


class LiftCare(Command):
    """Why the marker is lifted."""

    reason: Annotated[str, Listed("care_lift_reason")]


class AidFacts(Command):
    """Help that was given once; it is always free, so it has no price."""

    category: Category
    persons: int = Field(ge=1, le=50)
    legal_basis: Annotated[str, Listed("legal_basis")]
    provider_id: ProviderId | None = None
    funding_project: Annotated[str, Listed("funding_project")] | None = None


class RecordAid(AidFacts):
    """Help that was given; where help once was decided, the `last` one closes the case.

    It is said whether it is the last where the family has asked for more than was given, and that
    it was given `again` where one of that kind, provider and basis was recorded the same day.
    """

    last: bool | None = None
    again: bool = False


class CorrectAid(AidFacts):
    """All that is right about an aid, and why it was recorded otherwise."""

    reason: Annotated[str, Listed("aid_correction_reason")]


class WithdrawAid(Command):
    """Why an aid that was recorded was none."""

    reason: Annotated[str, Listed("aid_withdrawal_reason")]


class RecordOutcome(Command):
    """What the care has changed so far."""

    outcome: Annotated[str, Listed("case_outcome")]
    needs_met: list[NeedId] = Field(default=[], max_length=30)
    note: Text | None = None
