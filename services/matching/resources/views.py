"""What goes out about offered resources."""

from datetime import date, datetime
from typing import Annotated, Self

from services.matching.codes import StepCode
from services.matching.resources.domain import OfferedResource
from services.matching.resources.values import ReservationStatus, ResourceStatus
from services.matching.volunteers.values import Sector
from shared.api.models import View
from shared.domain import AidCategory, CodeOf


class ResourceView(View):
    """An offer, and how much of it is left."""

    resource_id: str
    region: str
    district_id: str | None
    category: AidCategory
    unit: Annotated[str, CodeOf("resource_unit")]
    sector: Sector
    provider_id: str | None
    quantity: int
    reserved: int
    given: int
    left: int
    available_on: date | None
    status: ResourceStatus
    offered_at: datetime
    next_steps: tuple[StepCode, ...]
    version: int

    @classmethod
    def of_offer(cls, offer: OfferedResource) -> Self:
        """Show an offer."""
        return cls.of(offer, district_id=offer.district)


class ReservationView(View):
    """A part of an offer that is kept for a need."""

    reservation_id: str
    resource_id: str
    quantity: int
    case_id: str | None
    need_id: str | None
    reserved_by: str
    reserved_at: datetime
    status: ReservationStatus
    version: int
