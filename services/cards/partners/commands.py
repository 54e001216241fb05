"""What people send about partners, and what they are shown."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from services.cards.fields import Code, Cursor, Day, District, Reference, Region
from services.cards.partners.offers import Hours
from services.cards.partners.values import Category, DeclineReason, EndReason, Status
from shared.privacy.contact import Contact, Line

Ulid = r"[0-9A-HJKMNP-TV-Z]{26}"
OutletId = Annotated[str, Field(pattern=rf"^out_{Ulid}$")]


def _one_figure(value: Any) -> Any:
    if isinstance(value, str):
        raise PydanticCustomError("discount_not_fixed", "a discount is one whole number")
    return value


# The bounds stand first, else the document does not tell them.
FixedPercent = Annotated[int, Field(ge=1, le=100), BeforeValidator(_one_figure)]


class ProposePartner(BaseModel):
    """A business that could honour the card. `manager_org` is its own account, if it has one.

    `contact` is somebody of the business who agreed to be asked; only the club sees it.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    region: Region
    title: Line
    category: Category
    district_ids: list[District] = Field(min_length=1, max_length=100)
    manager_org: Code | None = None
    contact: Contact | None = None


class DeclinePartner(BaseModel):
    """Why no agreement came about."""

    reason: DeclineReason


class RecordAgreement(BaseModel):
    """The signed agreement."""

    agreement_ref: Reference


class GiveNotice(BaseModel):
    """When and why the partner will leave."""

    last_day: Day
    reason: EndReason = EndReason.PARTNER_LEFT


class EndPartner(BaseModel):
    """Why the partnership ends now."""

    reason: EndReason


class AddOutlet(BaseModel):
    """A shop of the partner; all of it is public."""

    title: Line
    district_id: District
    address: Line
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    hours: list[Hours] = Field(default=[], max_length=14)


class ProposeOffer(BaseModel):
    """A fixed discount: one figure for everybody, from one day to another."""

    discount_percent: FixedPercent
    goods_scope: Line
    valid_from: Day
    valid_to: Day | None = None
    outlet_ids: list[OutletId] = Field(default=[], max_length=100)


class IssueKey(BaseModel):
    """The outlet whose till will use the key; a sandbox key answers to test numbers only."""

    outlet_id: OutletId
    sandbox: bool = False


class IssuedKey(BaseModel):
    """A store key, shown this once: the service keeps only its hash."""

    key_id: str
    outlet_id: str
    store_key: str
    expires_at: datetime
    version: int


class PartnerPath(BaseModel):
    """A partner."""

    partner_id: str = Field(pattern=rf"^par_{Ulid}$")


class OutletPath(PartnerPath):
    """An outlet of a partner."""

    outlet_id: str = Field(pattern=rf"^out_{Ulid}$")


class OfferPath(PartnerPath):
    """A version of a partner's offer."""

    offer_id: str = Field(pattern=rf"^ofr_{Ulid}$")


class KeyPath(PartnerPath):
    """A store key of a partner."""

    key_id: str = Field(pattern=rf"^key_{Ulid}$")


class PublicQuery(BaseModel):
    """Where and what a family wants to buy."""

    region: Region
    district: District | None = None
    category: Category | None = None


class PartnersQuery(BaseModel):
    """A part of the register of partners."""

    region: Region | None = None
    status: Status | None = None
    limit: int = Field(default=50, ge=1, le=100)
    cursor: Cursor = None
