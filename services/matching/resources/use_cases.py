"""Something is offered, kept for a need, and given; or it is not needed after all."""

from services.matching.policy import POLICY
from services.matching.resources.commands import OfferResource, ReserveResource
from services.matching.resources.domain import OfferedResource, Reservation
from services.matching.resources.events import event_fields, offered_event, part_fields
from services.matching.resources.policy import load_authorised
from services.matching.resources.repository import OfferedResources, Reservations
from services.matching.resources.values import ReservationId, ResourceId
from shared import clock, ids
from shared.errors import Invalid, NotFound
from shared.events.matching_volunteers import (
    ResourceGiven,
    ResourceReleased,
    ResourceReserved,
    ResourceWithdrawn,
)
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt

COORDINATOR = "volunteer_coordinator"


def offer_resource(
    body: OfferResource, context: CommandContext, resources: OfferedResources
) -> Receipt:
    """Offer something for families."""
    provider = _provider(body, context.actor)
    target = Resource(type="Resource", id="new", region=body.region, org=provider)
    POLICY.require_create(context.actor, "offer_resource", target)
    regions.region(body.region)
    if body.district_id is not None:
        regions.check_district(body.region, body.district_id, "/district_id")
    offered = OfferedResource(
        resource_id=ids.new("rsc"),
        region=body.region,
        district=body.district_id,
        category=body.category,
        unit=body.unit,
        sector=body.sector,
        provider_id=provider,
        quantity=body.quantity,
        offered_at=clock.now(),
    )
    return resources.save(context, offered, events=[offered_event(offered)])


def _provider(body: OfferResource, actor: Principal) -> str | None:
    """Return who offers it: an organisation's own people name no other."""
    if actor.role == COORDINATOR:
        return body.provider_id
    if body.provider_id not in (None, actor.org):
        raise Invalid("not_your_organisation", "/provider_id")
    return actor.org


def reserve_resource(
    resource_id: ResourceId,
    body: ReserveResource,
    context: CommandContext,
    resources: OfferedResources,
    reservations: Reservations,
) -> Receipt:
    """Keep a part of an offer for a need; what is promised is promised once."""
    found = load_authorised(resource_id, "reserve_resource", context.actor, resources)
    kept = found.reserve(body.quantity)
    part = Reservation(
        reservation_id=ids.new("rsv"),
        resource_id=resource_id,
        region=found.region,
        quantity=body.quantity,
        case_id=body.case_id,
        need_id=body.need_id,
        reserved_by=context.actor.id,
        reserved_at=clock.now(),
        available_on=found.available_on,
    )
    event = ResourceReserved(**part_fields(kept, part))
    return reservations.save(context, part, resources.row(kept), events=[event])


def give_resource(
    resource_id: ResourceId,
    reservation_id: ReservationId,
    context: CommandContext,
    resources: OfferedResources,
    reservations: Reservations,
) -> Receipt:
    """Record that a reserved part has reached the family."""
    found = load_authorised(resource_id, "give_resource", context.actor, resources)
    part = _part(resource_id, reservation_id, reservations)
    given, less = part.give(), found.give(part.quantity)
    event = ResourceGiven(**part_fields(less, given))
    return reservations.save(context, given, resources.row(less), events=[event])


def release_resource(
    resource_id: ResourceId,
    reservation_id: ReservationId,
    context: CommandContext,
    resources: OfferedResources,
    reservations: Reservations,
) -> Receipt:
    """Free a reserved part that is not needed after all."""
    found = load_authorised(resource_id, "release_resource", context.actor, resources)
    part = _part(resource_id, reservation_id, reservations)
    freed, more = part.release(), found.release(part.quantity)
    event = ResourceReleased(**part_fields(more, freed))
    return reservations.save(context, freed, resources.row(more), events=[event])


def _part(resource_id: str, reservation_id: str, reservations: Reservations) -> Reservation:
    part = reservations.get(reservation_id)
    if part.resource_id != resource_id:
        raise NotFound("reservation")
    return part


def withdraw_resource(
    resource_id: ResourceId, context: CommandContext, resources: OfferedResources
) -> Receipt:
    """Take back what is still free."""
    found = load_authorised(resource_id, "withdraw_resource", context.actor, resources)
    event = ResourceWithdrawn(**event_fields(found))
    return resources.save(context, found.withdraw(), events=[event])
