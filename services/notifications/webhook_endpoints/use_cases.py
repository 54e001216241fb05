"""Registering an endpoint, pausing and resuming it, and changing its secret."""

from services.notifications.channels.hooks import refused_host
from services.notifications.policy import POLICY
from services.notifications.preferences.reactions import REACTIONS as of_preferences
from services.notifications.templates.repository import announced_events
from services.notifications.webhook_endpoints import events
from services.notifications.webhook_endpoints.commands import RegisterEndpoint
from services.notifications.webhook_endpoints.domain import WebhookEndpoint
from services.notifications.webhook_endpoints.policy import load_authorised, resource
from services.notifications.webhook_endpoints.repository import (
    HearersOfRegions,
    WebhookEndpoints,
)
from services.notifications.webhook_endpoints.values import EndpointId
from services.notifications.work_items.reactions import REACTIONS as of_work
from shared import clock, ids
from shared.errors import Invalid, NotFound
from shared.events.base import Event, leaving_fields
from shared.reference.regions import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import EVERYWHERE


def register_webhook_endpoint(
    body: RegisterEndpoint,
    context: CommandContext,
    endpoints: WebhookEndpoints,
    hearers: HearersOfRegions,
) -> Receipt:
    """Register an address that hears events; its secret is in this answer and in no other."""
    POLICY.require_create(context.actor, "register_webhook_endpoint", resource(body.region))
    if body.region != EVERYWHERE and body.region not in regions():
        raise NotFound("region")
    fault = refused_host(body.url)
    if fault is not None:
        raise Invalid(fault, "/url")
    _require_offered(body.event_types)
    made = WebhookEndpoint(
        endpoint_id=ids.new("whe"),
        region=body.region,
        url=body.url,
        event_types=tuple(dict.fromkeys(body.event_types)),
        created_at=clock.now(),
    )
    heard = hearers.of_region(body.region).add(made)
    return endpoints.save(context, made, hearers.row(heard), number=str(made.generation))


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
    endpoint_id: EndpointId,
    context: CommandContext,
    endpoints: WebhookEndpoints,
    hearers: HearersOfRegions,
) -> Receipt:
    """Send nothing to an endpoint any more, for good; its place is free for another."""
    action = "remove_webhook_endpoint"
    endpoint = load_authorised(endpoint_id, action, context.actor, endpoints).remove()
    heard = hearers.of_region(endpoint.region).remove(endpoint_id)
    removed = events.endpoint_removed(endpoint)
    return endpoints.save(context, endpoint, hearers.row(heard), events=[removed])


def rotate_webhook_secret(
    endpoint_id: EndpointId, context: CommandContext, endpoints: WebhookEndpoints
) -> Receipt:
    """Give an endpoint a new secret; for 24 hours the one of before signs as well."""
    action = "rotate_webhook_secret"
    endpoint = load_authorised(endpoint_id, action, context.actor, endpoints)
    rotated = endpoint.rotate_secret(clock.now())
    return endpoints.save(context, rotated, number=str(rotated.generation))


def offered_events() -> tuple[type[Event], ...]:
    """Return the events that an endpoint may hear: those heard here of which a field may leave."""
    heard = dict.fromkeys((*announced_events(), *of_work, *of_preferences))
    return tuple(event for event in heard if leaving_fields(event))


def _require_offered(event_types: tuple[str, ...]) -> None:
    """Refuse what may not leave; the refusal names what may, of the same service if there is it."""
    offered = sorted(event.detail_type() for event in offered_events())
    for place, event_type in enumerate(event_types):
        if event_type not in offered:
            service = event_type.partition(".")[0]
            alike = [each for each in offered if each.startswith(f"{service}.")]
            known = ", ".join(alike or offered)
            raise Invalid("event_not_offered", f"/event_types/{place}", known=known)
