"""The events of an offer."""

from typing import Any

from services.matching.resources.domain import OfferedResource, Reservation
from shared.events.matching_volunteers import ResourceOffered


def event_fields(resource: OfferedResource) -> dict[str, Any]:
    """Return what every event about an offer says."""
    return {
        "region": resource.region,
        "resource_id": resource.resource_id,
        "category": resource.category,
        "sector": resource.sector.value,
        "district_id": resource.district,
    }


def offered_event(resource: OfferedResource) -> ResourceOffered:
    """Return the event that something is offered, with where it comes from."""
    return ResourceOffered(**event_fields(resource), quantity=resource.quantity, unit=resource.unit)


def part_fields(resource: OfferedResource, part: Reservation) -> dict[str, Any]:
    """Return what an event about a reserved part says."""
    return event_fields(resource) | {
        "reservation_id": part.reservation_id,
        "quantity": part.quantity,
        "case_id": part.case_id,
    }
