"""What people send about partners."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from services.cards.cards.commands import DocumentRef
from services.cards.offers.values import MAX_KOPECKS, Discount
from services.cards.outlets.values import OutletId
from services.cards.partners.values import EndReason, PartnerStatus
from services.cards.programmes.values import OrganisationId
from shared.api.models import Command, RegionQuery
from shared.domain import Day, DistrictCode, RegionCode
from shared.privacy.contact import GivenContact, Line
from shared.reference.code_lists import Listed


def _one_figure(value: Any) -> Any:
    if isinstance(value, str):
        raise PydanticCustomError("discount_not_fixed", "a discount is one whole number")
    return value


# The bounds come first, else they are missing in the document.
FixedPercent = Annotated[int, Field(ge=1, le=100), BeforeValidator(_one_figure)]


class ProposePartner(Command):
    """A business that could honour the card.

    `manager_org` is the organisation of its managers' accounts; without it the partner's id is, for
    accounts to come; a manager proposes for her own alone. `contact` is a person of the business
    who agreed to be asked; only the club sees it.
    """

    region: RegionCode
    title: Line
    category: Annotated[str, Listed("partner_category")]
    district_ids: list[DistrictCode] = Field(min_length=1, max_length=100)
    manager_org: OrganisationId | None = None
    contact: GivenContact | None = None


class DeclinePartner(Command):
    """Why no agreement came about."""

    reason: Annotated[str, Listed("partner_decline_reason")]


class RecordAgreement(Command):
    """The signed agreement.

    With another legal entity it may be another organisation whose managers work with the partner
    from now on: `manager_org`. Its shops, store keys, discounts and figures stay.
    """

    agreement_ref: DocumentRef
    manager_org: OrganisationId | None = None


class GiveNotice(Command):
    """When and why the partner will leave."""

    last_day: Day
    reason: Annotated[str, Listed("partner_end_reason")] = EndReason.PARTNER_LEFT.value


class EndPartner(Command):
    """Why the partnership ends now."""

    reason: Annotated[str, Listed("partner_end_reason")]


class EditPartner(Command):
    """All that describes a business; it replaces what was said before."""

    title: Line
    category: Annotated[str, Listed("partner_category")]
    district_ids: list[DistrictCode] = Field(min_length=1, max_length=100)


class ProposeOffer(Command):
    """A fixed discount: one figure for everybody, from one day to another.

    Give `discount_percent`, or `discount_kopecks` off each purchase of at least
    `minimum_purchase_kopecks`. Without `outlet_ids` it holds in all outlets.
    """

    discount_percent: FixedPercent | None = None
    discount_kopecks: int | None = Field(default=None, ge=1, le=MAX_KOPECKS)
    minimum_purchase_kopecks: int | None = Field(default=None, ge=1, le=MAX_KOPECKS)
    goods_scope: Line
    valid_from: Day
    valid_to: Day | None = None
    outlet_ids: list[OutletId] = Field(default=[], max_length=1000)

    @property
    def discount(self) -> Discount:
        """The one discount that is given; both kinds, neither, and more than all are refused."""
        return Discount.of(
            self.discount_percent, self.discount_kopecks, self.minimum_purchase_kopecks
        )


class PartnersQuery(RegionQuery):
    """A part of the register of partners."""

    status: PartnerStatus | None = None
