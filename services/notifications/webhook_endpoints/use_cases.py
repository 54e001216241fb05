"""Registering an endpoint, pausing and resuming it, and changing its secret."""

from services.notifications.channels.hooks import refused_host
from services.notifications.policy import POLICY
from services.notifications.templates.repository import announced_events
from services.notifications.webhook_endpoints import events
from services.notifications.webhook_endpoints.commands import RegisterEndpoint
from services.notifications.webhook_endpoints.domain import WebhookEndpoint
from services.notifications.webhook_endpoints.policy import load_authorised, resource
from services.notifications.webhook_endpoints.repository import (
    MOST_OF_REGION,
    WebhookEndpoints,
    slot_of,
)
from services.notifications.webhook_endpoints.values import EVERYWHERE, EndpointId
from services.notifications.work_items.endings import ending_events
from shared import clock, ids
from shared.errors import IllegalStep, Invalid, NotFound, VersionConflict
from shared.events.base import CodeAsked, Event
from shared.reference.regions import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.store import NameTaken

_NO_NEWS = (CodeAsked, *events.OF_ENDPOINTS)


def register_webhook_endpoint(
    body: RegisterEndpoint, context: CommandContext, endpoints: WebhookEndpoints
) -> Receipt:
    """Register an address that hears events; its secret is in this answer and in no other."""
    POLICY.require_create(context.actor, "register_webhook_endpoint", resource(body.region))
    if body.region != EVERYWHERE and body.region not in regions():
        raise NotFound("region", body.region)
    fault = refused_host(body.url)
    if fault is not None:
        raise Invalid(fault, "/url")
    known = {event.detail_type() for event in offered_events()}
    for place, event_type in enumerate(body.event_types):
        if event_type not in known:
            raise Invalid("event_type_unknown", f"/event_types/{place}")
    taken = {each.slot for each in endpoints.of_region(body.region)}
    free = [slot for slot in range(MOST_OF_REGION) if slot not in taken]
    if not free:
        raise IllegalStep("webhook_endpoints_enough", most=MOST_OF_REGION)
    made = WebhookEndpoint(
        endpoint_id=ids.new("whe"),
        region=body.region,
        url=body.url,
        event_types=tuple(dict.fromkeys(body.event_types)),
        slot=free[0],
        created_by=context.actor.id,
        created_at=clock.now(),
    )
    try:
        return endpoints.save(context, made, unique=[slot_of(made)], number=str(made.generation))
    except NameTaken:
        raise VersionConflict from None


def pause_webhook_endpoint(
    endpoint_id: EndpointId, context: CommandContext, endpoints: WebhookEndpoints
) -> Receipt:
    """Send no events to an endpoint until it is resumed; what happens meanwhile is not sent."""
    action = "pause_webhook_endpoint"
    endpoint = load_authorised(endpoint_id, action, context.actor, endpoints)
    return endpoints.save(context, endpoint.pause())


def resume_webhook_endpoint(
    endpoint_id: EndpointId, context: CommandContext, endpoints: WebhookEndpoints
) -> Receipt:
    """Send to an endpoint again what happens from now on."""
    action = "resume_webhook_endpoint"
    endpoint = load_authorised(endpoint_id, action, context.actor, endpoints).resume()
    return endpoints.save(context, endpoint, events=[events.endpoint_resumed(endpoint)])


def remove_webhook_endpoint(
    endpoint_id: EndpointId, context: CommandContext, endpoints: WebhookEndpoints
) -> Receipt:
    """Send nothing to an endpoint any more, for good; its place is free for another."""
    action = "remove_webhook_endpoint"
    endpoint = load_authorised(endpoint_id, action, context.actor, endpoints).remove()
    removed = events.endpoint_removed(endpoint)
    return endpoints.save(context, endpoint, events=[removed], release=[slot_of(endpoint)])


def rotate_webhook_secret(
    endpoint_id: EndpointId, context: CommandContext, endpoints: WebhookEndpoints
) -> Receipt:
    """Give an endpoint a new secret; for 24 hours the one of before signs as well."""
    action = "rotate_webhook_secret"
    endpoint = load_authorised(endpoint_id, action, context.actor, endpoints)
    rotated = endpoint.rotate_secret(clock.now())
    return endpoints.save(context, rotated, number=str(rotated.generation))


def offered_events() -> tuple[type[Event], ...]:
    """Return the events that an endpoint may hear: what notifications hears for its own work.

    Requests for a code to sign in, and what happens to endpoints, are no news for other systems.
    """
    heard = dict.fromkeys((*announced_events(), *ending_events()))
    return tuple(event for event in heard if not issubclass(event, _NO_NEWS))
