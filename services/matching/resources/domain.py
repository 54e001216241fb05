"""An offer of goods, money or hours, and the parts of it that are kept for needs."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Self

from services.matching.resources.values import (
    RESERVATION_STEPS,
    STEPS,
    ReservationStatus,
    ResourceStatus,
)
from services.matching.volunteers.values import Sector
from shared.domain import CodeOf, StatefulAggregate


class OfferedResource(StatefulAggregate):
    """So much of something; `reserved` is kept and not given yet, `given` has reached families.

    `provider_id` is the organisation that offers it, `available_on` the day from which it can be
    had when that is not yet. A withdrawn offer keeps its promises: what is reserved is still given.
    """

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "resource_is_{status}"

    resource_id: str
    region: str
    district: str | None = None
    category: Annotated[str, CodeOf("aid_category")]
    unit: Annotated[str, CodeOf("resource_unit")]
    sector: Sector
    provider_id: str | None = None
    quantity: int
    reserved: int = 0
    given: int = 0
    available_on: date | None = None
    status: ResourceStatus = ResourceStatus.OFFERED
    offered_at: datetime

    @property
    def left(self) -> int:
        """How much is still free."""
        return self.quantity - self.reserved - self.given

    def reserve(self, quantity: int) -> Self:
        """Keep a part for a need."""
        self._require("reserve_resource")
        if quantity > self.left:
            raise self._refusal("not_so_much_left", left=self.left)
        return self._with(reserved=self.reserved + quantity)._counted()

    def give(self, quantity: int) -> Self:
        """Count a reserved part as given."""
        self._require("give_resource")
        return self._with(reserved=self.reserved - quantity, given=self.given + quantity)._counted()

    def release(self, quantity: int) -> Self:
        """Free a part that is not needed after all."""
        self._require("release_resource")
        return self._with(reserved=self.reserved - quantity)._counted()

    def withdraw(self) -> Self:
        """Take back what is free, and what will be when a promise falls away."""
        self._require("withdraw_resource")
        return self._with(quantity=self.reserved + self.given, status=ResourceStatus.WITHDRAWN)

    def _counted(self) -> Self:
        if self.status is ResourceStatus.WITHDRAWN:
            return self._with(quantity=self.reserved + self.given)
        if self.given == self.quantity:
            return self._with(status=ResourceStatus.GIVEN)
        status = ResourceStatus.OFFERED if self.left else ResourceStatus.RESERVED
        return self._with(status=status)


class Reservation(StatefulAggregate):
    """A part of an offer that is kept for a need."""

    STEPS: ClassVar = RESERVATION_STEPS
    REFUSAL: ClassVar = "reservation_is_{status}"

    reservation_id: str
    resource_id: str
    region: str
    quantity: int
    case_id: str | None = None
    need_id: str | None = None
    reserved_by: str
    reserved_at: datetime
    status: ReservationStatus = ReservationStatus.RESERVED

    def give(self) -> Self:
        """Note that the part has reached the family."""
        self._require("give_resource")
        return self._with(status=ReservationStatus.GIVEN)

    def release(self) -> Self:
        """Note that the part is not needed after all."""
        self._require("release_resource")
        return self._with(status=ReservationStatus.RELEASED)
