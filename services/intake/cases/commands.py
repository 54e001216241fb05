"""What people ask for, in the shape in which they ask."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.intake.codes.values import (
    AidCategory,
    Confidentiality,
    ConsentForm,
    DeclineReason,
    DropReason,
    FamilyGroup,
    FamilyKind,
    LegalBasis,
    LiftReason,
    LongTermReason,
    NeedCategory,
    OutcomeCode,
    Programme,
    Purpose,
    Relation,
    Status,
    TriageDecision,
    Urgency,
)
from shared import ids
from shared.privacy.contact import Contact

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
RequestId = Annotated[str, Field(pattern=ids.pattern("req"))]
NeedId = Annotated[str, Field(pattern=ids.pattern("ned"))]

MAX_AT_ONCE = 10


class Command(BaseModel):
    """Something asked for; unknown fields are refused and never repeated."""

    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", hide_input_in_errors=True
    )


class NewNeed(Command):
    """One kind of help that the family asks for, with its own words about it."""

    category: NeedCategory
    text: Text | None = None
    urgency: Urgency = Urgency.NORMAL


class NewMember(Command):
    """Somebody of the family; of a child only year and month of birth."""

    relation: Relation
    born: str | None = Field(default=None, pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$")


class NewFamily(Command):
    """What kind of family asks; nothing about its income, nothing about the service member."""

    kind: FamilyKind = FamilyKind.SERVICE_MEMBER
    groups: list[FamilyGroup] = Field(default=[], max_length=8)
    members: list[NewMember] = Field(default=[], max_length=20)


class ConsentsGiven(Command):
    """What the family allows, each purpose by itself; what is not said is not allowed."""

    processing: bool = False
    share_need_categories: bool = False
    contact: bool = False
    form: ConsentForm | None = None
    text_version: Code = "1"

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """The purposes that were allowed."""
        given = {
            Purpose.PROCESSING: self.processing,
            Purpose.SHARE_NEED_CATEGORIES: self.share_need_categories,
            Purpose.CONTACT: self.contact,
        }
        return tuple(purpose for purpose, allowed in given.items() if allowed)


class External(Command):
    """The number of the same request in a system outside."""

    system: Code
    id: Code


class WebRequest(Command):
    """A request as a family itself files it on the public form."""

    region: Code
    district_id: Code
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
    category: NeedCategory | None = None
    text: Text | None = None
    urgency: Urgency | None = None


class DroppedNeed(Command):
    """A need that goes off the list without being met."""

    need_id: NeedId
    reason: DropReason


class OwnNeeds(Command):
    """What the family changes about its own needs."""

    add: list[NewNeed] = Field(default=[], max_length=MAX_AT_ONCE)
    change: list[ChangedNeed] = Field(default=[], max_length=MAX_AT_ONCE)
    met: list[NeedId] = Field(default=[], max_length=MAX_AT_ONCE)
    drop: list[DroppedNeed] = Field(default=[], max_length=MAX_AT_ONCE)


class ClarifyNeeds(OwnNeeds):
    """What headquarters learnt from the family; `confirm` says that a need is understood as is."""

    confirm: list[NeedId] = Field(default=[], max_length=MAX_AT_ONCE)


class TriageRequest(Command):
    """What kind of answer the request gets; each decision needs its own particulars."""

    decision: TriageDecision
    reason: DeclineReason | None = None
    provider_id: Code | None = None
    long_term_need: bool = False
    care_reason: LongTermReason | None = None


class RequireCare(Command):
    """The marker «guardianship required», and why one visit is not enough."""

    long_term_need: bool
    reason: LongTermReason


class LiftCare(Command):
    """Why the marker goes."""

    reason: LiftReason


class RecordAid(Command):
    """Help that was given once; it is always free, so it has no price."""

    category: AidCategory
    persons: int = Field(ge=1, le=50)
    legal_basis: LegalBasis
    provider_id: Code | None = None
    funding_project: Code | None = None


class RecordOutcome(Command):
    """What the care has changed so far."""

    outcome: OutcomeCode
    needs_met: list[NeedId] = Field(default=[], max_length=30)
    note: Text | None = None


class ListRequests(Command):
    """Which requests of a region to list; `record_missing` lists care without a recent result."""

    region: Code | None = None
    status: Status = Status.RECEIVED
    record_missing: bool = False
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=2048)


class ListOwn(Command):
    """A page of one's own requests."""

    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=2048)


class RequestPath(Command):
    """Which request."""

    request_id: RequestId


class NumberPath(Command):
    """Which number, as the family has read it aloud."""

    number: str = Field(pattern=r"^[0-9]{8}$")
