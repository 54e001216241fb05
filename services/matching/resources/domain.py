"""An offer of goods, money or hours, and the parts of it that are kept for needs."""

from datetime import date, datetime, timedelta
from typing import Annotated, ClassVar, Self
from zoneinfo import ZoneInfo

from services.matching.resources.values import (
    RESERVATION_STEPS,
    STEPS,
    ReservationStatus,
    ResourceStatus,
)
from services.matching.volunteers.values import Sector
from shared.domain import CodeOf, Deadline, StatefulAggregate, TimedAggregate
from shared.reference import calendar

# A promised part is asked after so long after the day from which it can be had.
SETTLED_AFTER = timedelta(days=7)
UNSETTLED = "reservation_unsettled"


class OfferedResource(StatefulAggregate):
    """So much of something; `reserved` is kept and not given yet, `given` has reached families.

    `provider_id` is the organisation that offers it, `gift_id` the gift that it is of a family,
    `available_on` the day from which it can be had when that is not yet. A withdrawn offer keeps
    its promises: what is reserved is still given.
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
    gift_id: str | None = None
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

    @property
    def settled(self) -> bool:
        """Whether it is over: nothing is left of it, and nothing is promised."""
        over = self.status in (ResourceStatus.GIVEN, ResourceStatus.WITHDRAWN)
        return over and not self.reserved

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


def _settling_due(part: "Reservation", zone: ZoneInfo) -> datetime | None:
    """Return the end of a week in which the part could be given, while it is not settled."""
    if part.status is not ReservationStatus.RESERVED:
        return None
    kept_on = calendar.local_date(zone, part.reserved_at)
    return calendar.end_of_day(zone, max(kept_on, part.available_on or kept_on) + SETTLED_AFTER)


class Reservation(TimedAggregate):
    """A part of an offer that is kept for a need, and can be had from `available_on`."""

    STEPS: ClassVar = RESERVATION_STEPS
    REFUSAL: ClassVar = "reservation_is_{status}"
    DEADLINES: ClassVar = (Deadline(UNSETTLED, _settling_due),)

    reservation_id: str
    resource_id: str
    region: str
    quantity: int
    case_id: str | None = None
    need_id: str | None = None
    reserved_by: str
    reserved_at: datetime
    available_on: date | None = None
    status: ReservationStatus = ReservationStatus.RESERVED

    def give(self) -> Self:
        """Note that the part has reached the family."""
        self._require("give_resource")
        return self._with(status=ReservationStatus.GIVEN)

    def release(self) -> Self:
        """Note that the part is not needed after all."""
        self._require("release_resource")
        return self._with(status=ReservationStatus.RELEASED)

    def announce(self, *deadlines: str) -> Self:
        """Note that deadlines have come and are announced."""
        return self._fire(*deadlines)
