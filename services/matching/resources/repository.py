"""Where offers and their reserved parts are kept.

RESOURCE#<id>     by_region: REGION#<region> / RESOURCE#OPEN#<category>#<offered at>#<id> while
                             something is left, then RESOURCE#OVER#…
                  by_owner:  ORG#<provider> / RESOURCE#<offered at>#<id>
RESERVATION#<id>  by_ref:    RESOURCE#<id> / RESERVATION#<reserved at>#<id>
                  due_at:    a week after it can be had, while it is neither given nor freed
"""

from typing import ClassVar

from services.matching.resources.domain import OfferedResource, Reservation
from shared import clock
from shared.reference import regions
from shared.storage.list_keys import org_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

RESOURCE, OPEN, OVER = "RESOURCE#", "RESOURCE#OPEN#", "RESOURCE#OVER#"
RESERVATION = "RESERVATION#"


class OfferedResources(Repository[OfferedResource]):
    """The offers of all regions."""

    model: ClassVar[type[OfferedResource]] = OfferedResource
    prefix: ClassVar[str] = "RESOURCE"
    id_field: ClassVar[str] = "resource_id"

    def row(self, resource: OfferedResource) -> Row:
        """Return an offer, in its region by whether something is left, and in its provider's."""
        since = f"{clock.iso(resource.offered_at)}#{resource.resource_id}"
        part = OPEN if resource.left else OVER
        sort = f"{part}{resource.category}#{since}"
        lists: dict[Index, tuple[str, str]] = {"by_region": (region_key(resource.region), sort)}
        if resource.provider_id is not None:
            lists["by_owner"] = (org_key(resource.provider_id), f"{RESOURCE}{since}")
        return self._row(resource, lists=lists)


class Reservations(Repository[Reservation]):
    """The reserved parts of all offers."""

    model: ClassVar[type[Reservation]] = Reservation
    prefix: ClassVar[str] = "RESERVATION"
    id_field: ClassVar[str] = "reservation_id"

    def row(self, reservation: Reservation) -> Row:
        """Return a reserved part, listed under its offer."""
        sort = f"{RESERVATION}{clock.iso(reservation.reserved_at)}#{reservation.reservation_id}"
        return self._row(
            reservation,
            lists={"by_ref": (of_resource(reservation.resource_id), sort)},
            due_at=reservation.next_deadline(regions.zone(reservation.region)),
        )


def of_resource(resource_id: str) -> str:
    """Return the list of the reserved parts of an offer."""
    return f"{RESOURCE}{resource_id}"
