"""What is asked about requests and cases: by staff, by bots, by families themselves."""

from typing import Annotated

from pydantic import Field

from services.intake.cases.values import NeedId, RequestId, Status
from services.intake.codes.values import (
    Confidentiality,
    ConsentForm,
    EraseReason,
    FamilyKind,
    Programme,
    Purpose,
    TriageDecision,
    Urgency,
    WithdrawReason,
)
from shared.api.models import Command, RegionQuery, Text
from shared.domain import DistrictCode, RegionCode
from shared.identity.signed_links import LONGEST
from shared.privacy.contact import Contact
from shared.reference.code_lists import Listed

# A code or number as another system, a project or an edition of a text has it.
AnyCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]

Category = Annotated[str, Listed("aid_category")]
Relation = Annotated[str, Listed("family_member_relation")]

MAX_AT_ONCE = 10


class ListRequests(RegionQuery):
    """Which requests of a region to list; `record_missing` lists care without a recent result."""

    status: Status = Status.RECEIVED
    record_missing: bool = False


class NewNeed(Command):
    """One kind of help that the family asks for, with its own words about it."""

    category: Category
    text: Text | None = None
    urgency: Urgency = Urgency.NORMAL


class NewMember(Command):
    """A member of the family; of a child only year and month of birth."""

    relation: Relation
    born: str | None = Field(default=None, pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$")


class NewFamily(Command):
    """What kind of family asks; nothing about its income, nothing about the service member."""

    kind: FamilyKind = FamilyKind.SERVICE_MEMBER
    groups: list[Annotated[str, Listed("family_group")]] = Field(default=[], max_length=30)
    members: list[NewMember] = Field(default=[], max_length=20)


class ConsentsGiven(Command):
    """What the family allows, each purpose by itself; what is not said is not allowed."""

    processing: bool = False
    share_need_categories: bool = False
    contact: bool = False
    form: ConsentForm | None = None
    text_version: AnyCode = "1"


class External(Command):
    """The number of the same request in another system."""

    system: AnyCode
    id: AnyCode


class WebRequest(Command):
    """A request as a family itself files it on the public form."""

    region: RegionCode
    district_id: DistrictCode
    programme: Programme = Programme.SERVICE_MEMBER_CARE
    confidentiality: Confidentiality = Confidentiality.CONFIDENTIAL
    applicant_relation: Relation
    family: NewFamily = NewFamily()
    needs: list[NewNeed] = Field(default=[], max_length=MAX_AT_ONCE)
    text: Text | None = None
    contact: Contact | None = None
    consents: ConsentsGiven = ConsentsGiven()


class SubmitRequest(WebRequest):
    """A request as an operator, a coordinator or a bot files it for a family."""

    external_ref: External | None = None


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
    """What headquarters learnt from the family; `confirm` says that a need is understood as is."""

    confirm: list[NeedId] = Field(default=[], max_length=MAX_AT_ONCE)


class TriageRequest(Command):
    """What kind of answer the request gets; each decision needs its own particulars."""

    decision: TriageDecision
    reason: Annotated[str, Listed("request_decline_reason")] | None = None
    provider_id: AnyCode | None = None
    long_term_need: bool = False
    care_reason: Annotated[str, Listed("care_reason")] | None = None


class RequireCare(Command):
    """The marker «guardianship required», and why one visit is not enough."""

    long_term_need: bool
    reason: Annotated[str, Listed("care_reason")]


class LiftCare(Command):
    """Why the marker is lifted."""

    reason: Annotated[str, Listed("care_lift_reason")]


class RecordAid(Command):
    """Help that was given once; it is always free, so it has no price."""

    category: Category
    persons: int = Field(ge=1, le=50)
    legal_basis: Annotated[str, Listed("legal_basis")]
    provider_id: AnyCode | None = None
    funding_project: AnyCode | None = None


class RecordOutcome(Command):
    """What the care has changed so far."""

    outcome: Annotated[str, Listed("case_outcome")]
    needs_met: list[NeedId] = Field(default=[], max_length=30)
    note: Text | None = None


class FamilyWish(Command):
    """What a family wants done; `evidence` when headquarters does it for the family."""

    evidence: Annotated[str, Listed("request_evidence")] | None = None


class ByLink(Command):
    """What a family does itself, through its own link."""

    link: str = Field(min_length=1, max_length=LONGEST)


class Withdrawal(Command):
    """The family withdraws its request; it owes no reason."""

    reason: Annotated[str, Listed("request_withdraw_reason")] = WithdrawReason.NOT_SAID.value


class ConsentChange(Command):
    """One permission given or withdrawn; `recipient` is the office it is about."""

    purpose: Purpose
    given: bool
    recipient: DistrictCode | None = None
    form: ConsentForm | None = None
    text_version: AnyCode = "1"


class CorrectNeeds(FamilyWish, NeedCommand):
    """The family's changes of its needs; `evidence` when headquarters makes them for it."""


class ChangeConsent(FamilyWish, ConsentChange):
    """One permission; `evidence` when headquarters records it for the family."""


class WithdrawRequest(FamilyWish, Withdrawal):
    """The family withdraws its request; `evidence` when headquarters does it for the family."""


class ReplaceContact(FamilyWish):
    """A family is reached in a new way."""

    contact: Contact


class ReopenRequest(FamilyWish):
    """A closed case is reviewed again; `evidence` when it is the family that wants it."""

    reason: Annotated[str, Listed("case_reopen_reason")]
    linked_request: RequestId | None = None


class ErasePerson(FamilyWish):
    """The family is to be forgotten."""

    reason: EraseReason


class CorrectNeedsByLink(ByLink, NeedCommand):
    """The family changes its needs through its link."""


class ChangeConsentByLink(ByLink, ConsentChange):
    """The family gives or withdraws a permission through its link."""


class WithdrawByLink(ByLink, Withdrawal):
    """The family withdraws its request through its link."""
