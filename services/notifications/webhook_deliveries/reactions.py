"""An event becomes one delivery for each endpoint that hears it."""

from collections.abc import Callable
from typing import Any

from services.notifications.messages.values import derived_id
from services.notifications.webhook_deliveries.repository import WebhookDeliveries
from services.notifications.webhook_deliveries.use_cases import (
    deliver_webhook,
    end_webhook,
    new_delivery,
)
from services.notifications.webhook_endpoints.repository import (
    HearersOfRegions,
    WebhookEndpoints,
)
from services.notifications.webhook_endpoints.use_cases import offered_events
from shared.events.base import Event, Received
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
    hearing = [each for each in found if each.is_active]
    if not hearing:
        return
    queued = (
        new_delivery(
            derived_id("whd", received.time, received.id, each.endpoint_id),
            each.endpoint_id,
            received,
        )
        for each in hearing
    )
    deliveries.store.commit(context, *map(deliveries.row, queued))


JOBS = {WebhookDeliveries.prefix: Job(deliver_webhook, give_up=end_webhook)}
REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(offered_events(), queue_webhooks)
WANTED = {queue_webhooks: is_heard}
