"""Announces reserved parts that are neither given nor freed to the coordinator, each once."""

from services.matching.resources.events import part_fields
from services.matching.resources.repository import OfferedResources, Reservations
from shared import clock
from shared.events.matching_volunteers import ReservationUnsettled
from shared.reference import regions
from shared.storage.command_context import CommandContext


def reservation_due(
    reservation_id: str,
    context: CommandContext,
    reservations: Reservations,
    resources: OfferedResources,
) -> None:
    """Announce that a promised part is neither given nor freed, though its time has come."""
    part = reservations.get(reservation_id)
    come = part.due(clock.now(), regions.zone(part.region))
    if not come:
        return
    fields = part_fields(resources.get(part.resource_id), part)
    event = ReservationUnsettled(**fields, reserved_at=part.reserved_at)
    reservations.save(context, part.announce(*come), events=[event])


DEADLINES = {"RESERVATION": reservation_due}
