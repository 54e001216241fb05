"""Sending events to endpoints: signed, tried again, and by hand as a test or once more."""

from datetime import datetime
from typing import Any

from standardwebhooks import Webhook

from services.notifications.channels.hooks import HookAnswer, HookSender
from services.notifications.webhook_deliveries.domain import WebhookDelivery
from services.notifications.webhook_deliveries.repository import WebhookDeliveries
from services.notifications.webhook_deliveries.values import DeliveryId, HookFailure
from services.notifications.webhook_endpoints import events
from services.notifications.webhook_endpoints.domain import WebhookEndpoint
from services.notifications.webhook_endpoints.policy import load_authorised
from services.notifications.webhook_endpoints.repository import WebhookEndpoints
from services.notifications.webhook_endpoints.values import (
    DisabledReason,
    EndpointId,
)
from services.notifications.webhook_endpoints.vault_records import secret_of
from shared import clock, ids
from shared.errors import NotFound
from shared.events.base import Event, Received, leaving_fields, to_cloud_event
from shared.observability import count
from shared.storage.command_context import CommandContext, Receipt


def try_webhook_endpoint(
    endpoint_id: EndpointId,
    context: CommandContext,
    endpoints: WebhookEndpoints,
    deliveries: WebhookDeliveries,
) -> Receipt:
    """Send a test event to an endpoint, also while it is paused or disabled; it is tried once."""
    endpoint = load_authorised(endpoint_id, "try_webhook_endpoint", context.actor, endpoints)
    endpoint.require_tryable()
    tried: Received[Event] = Received(
        event=events.endpoint_tried(endpoint),
        id=ids.new("evt"),
        time=clock.now(),
        sequence=1,
        subject=endpoint_id,
        correlation_id=context.correlation_id,
    )
    return deliveries.save(context, new_delivery(ids.new("whd"), endpoint_id, tried, test=True))


def new_delivery(
    delivery_id: str, endpoint_id: str, received: Received[Any], *, test: bool = False
) -> WebhookDelivery:
    """Return a delivery, due at once, of what may leave of an event."""
    event, now = received.event, clock.now()
    return WebhookDelivery(
        delivery_id=delivery_id,
        endpoint_id=endpoint_id,
        region=event.region,
        event_id=received.id,
        event_type=event.detail_type(),
        body=to_cloud_event(
            event,
            event_id=received.id,
            time=received.time,
            sequence=received.sequence,
            correlation_id=received.correlation_id,
            causation_id=None,
            only=leaving_fields(type(event)),
        ),
        test=test,
        created_at=now,
        due_at=now,
    )


def resend_webhook_delivery(
    endpoint_id: EndpointId,
    delivery_id: DeliveryId,
    context: CommandContext,
    endpoints: WebhookEndpoints,
    deliveries: WebhookDeliveries,
) -> Receipt:
    """Send one event of the log to its endpoint again, under the id that it had."""
    action = "resend_webhook_delivery"
    endpoint = load_authorised(endpoint_id, action, context.actor, endpoints)
    delivery = deliveries.find(delivery_id)
    if delivery is None or delivery.endpoint_id != endpoint_id:
        raise NotFound("webhook_delivery")
    if delivery.test:
        endpoint.require_tryable()
    else:
        endpoint.require_active()
    return deliveries.save(context, delivery.resend(clock.now()))


def deliver_webhook(
    delivery_id: str,
    context: CommandContext,
    endpoints: WebhookEndpoints,
    deliveries: WebhookDeliveries,
    sender: HookSender,
) -> None:
    """Hand a due event to its endpoint, and store the outcome for both."""
    delivery, now = deliveries.get(delivery_id), clock.now()
    if delivery.due_at is None or now < delivery.due_at:
        return
    endpoint = endpoints.get(delivery.endpoint_id)
    if not (endpoint.is_active or (delivery.test and endpoint.legal_steps)):
        deliveries.save(context, delivery.give_up())
        return
    answer = _send(delivery, endpoint, sender, now)
    settled = _settled(delivery, answer, now)
    untried = delivery.test or answer.resting
    after = endpoint if untried else _endpoint_after(endpoint, answer, now)
    if after is endpoint:
        deliveries.save(context, settled)
        return
    published: list[Event] = []
    if after.status is not endpoint.status:
        count("webhook_endpoint_disabled")
        published.append(events.endpoint_disabled(after, delivery.region))
    deliveries.save(context, settled, endpoints.row(after), events=published)


def end_webhook(delivery_id: str, context: CommandContext, deliveries: WebhookDeliveries) -> None:
    """End a delivery whose tries have killed their workers, or never come to an end."""
    delivery = deliveries.get(delivery_id)
    if delivery.due_at is not None:
        deliveries.save(context, delivery.give_up(HookFailure.NO_ANSWER))


def _send(
    delivery: WebhookDelivery, endpoint: WebhookEndpoint, sender: HookSender, now: datetime
) -> HookAnswer:
    """Call the receiver; one that was silent again and again is let rest, but for a test."""
    body, headers = delivery.body.encode(), _headers(delivery, endpoint, now)
    if delivery.test:
        answer = sender.post_now(endpoint.url, body, headers)
    else:
        answer = sender.post(endpoint.endpoint_id, endpoint.url, body, headers)
    count("webhook_delivered" if answer.taken else "webhook_undelivered")
    return answer


def _settled(delivery: WebhookDelivery, answer: HookAnswer, now: datetime) -> WebhookDelivery:
    if answer.taken:
        return delivery.record_taken(answer.http_status, now)
    if answer.gone:
        return delivery.record_gone(answer.http_status, now)
    if answer.resting:
        return delivery.record_rest(now)
    return delivery.record_failure(answer.http_status, now)


def _endpoint_after(
    endpoint: WebhookEndpoint, answer: HookAnswer, now: datetime
) -> WebhookEndpoint:
    if answer.gone:
        return endpoint.disable(DisabledReason.GONE)
    return endpoint.record_answer(answer.taken, now)


def _headers(delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks: id, time of this try, and a signature per secret."""
    moment = clock.wall()
    signatures = [
        Webhook(secret_of(endpoint.endpoint_id, generation)).sign(
            delivery.event_id, moment, delivery.body
        )
        for generation in endpoint.generations(now)
    ]
    return {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": delivery.event_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
