"""An event becomes one delivery for each endpoint that hears it."""

from collections.abc import Callable
from typing import Any

from services.notifications.messages.values import derived_id
from services.notifications.webhook_deliveries.domain import WebhookDelivery
from services.notifications.webhook_deliveries.repository import WebhookDeliveries
from services.notifications.webhook_deliveries.use_cases import deliver_webhook, end_webhook
from services.notifications.webhook_endpoints.repository import (
    HearersOfRegions,
    WebhookEndpoints,
)
from services.notifications.webhook_endpoints.use_cases import offered_events
from shared import clock
from shared.events.base import Event, Received, leaving_fields, to_cloud_event
from shared.messaging.deadlines import Job
from shared.storage.command_context import CommandContext


def is_heard(event: Event, hearers: HearersOfRegions) -> bool:
    """Return whether any endpoint asked for an event; without one it costs nothing more."""
    return bool(hearers.endpoints_for(event.detail_type(), event.region))


def queue_webhooks(
    received: Received[Any],
    context: CommandContext,
    endpoints: WebhookEndpoints,
    hearers: HearersOfRegions,
    deliveries: WebhookDeliveries,
) -> None:
    """Queue what may leave of an event for every endpoint that hears it, each once."""
    event = received.event
    found = endpoints.get_many(hearers.endpoints_for(event.detail_type(), event.region))
    hearing = [each for each in found if each.hears(event.detail_type())]
    if not hearing:
        return
    now = clock.now()
    body = to_cloud_event(
        event,
        event_id=received.id,
        time=received.time,
        sequence=received.sequence,
        correlation_id=received.correlation_id,
        causation_id=None,
        only=leaving_fields(type(event)),
    )
    rows = [
        deliveries.row(
            WebhookDelivery(
                delivery_id=derived_id("whd", received.time, received.id, each.endpoint_id),
                endpoint_id=each.endpoint_id,
                region=event.region,
                event_id=received.id,
                event_type=event.detail_type(),
                body=body,
                created_at=now,
                due_at=now,
            )
        )
        for each in hearing
    ]
    deliveries.store.commit(context, *rows)


JOBS = {WebhookDeliveries.prefix: Job(deliver_webhook, give_up=end_webhook)}
REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(offered_events(), queue_webhooks)
WANTED = {queue_webhooks: is_heard}
