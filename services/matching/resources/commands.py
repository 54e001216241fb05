"""What comes in about offered resources."""

from typing import Annotated

from pydantic import Field

from services.matching.families.values import CaseId
from services.matching.guardians.values import Ref
from services.matching.resources.values import MOST
from services.matching.volunteers.values import Sector
from shared.api.models import Command, RegionQuery
from shared.domain import DistrictCode, RegionCode
from shared.reference.code_lists import Listed

Quantity = Annotated[int, Field(ge=1, le=MOST)]


class OfferResource(Command):
    """What is offered, how much, and where it can be had: in one district, or in the region.

    A provider's or a partner's people offer for their own organisation.
    """

    region: RegionCode
    district_id: DistrictCode | None = None
    category: Annotated[str, Listed("aid_category")]
    quantity: Quantity
    unit: Annotated[str, Listed("resource_unit")]
    sector: Sector
    provider_id: Ref | None = None


class ReserveResource(Command):
    """How much is kept, and for whose need."""

    quantity: Quantity
    case_id: CaseId | None = None
    need_id: Ref | None = None


class ResourceQuery(RegionQuery):
    """What is left of a region's offers, of one kind of help or of all; or one's own offers.

    `over` asks for those of which nothing is free: promised, given or taken back.
    """

    category: Annotated[str, Listed("aid_category", retired=True)] | None = None
    over: bool = False
