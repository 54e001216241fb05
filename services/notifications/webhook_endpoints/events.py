"""Which change of an endpoint publishes which event."""

from services.notifications.webhook_endpoints.domain import WebhookEndpoint
from shared.events.notifications import (
    WebhookEndpointDisabled,
    WebhookEndpointRemoved,
    WebhookEndpointResumed,
    WebhookEndpointTried,
)


def endpoint_disabled(endpoint: WebhookEndpoint, region: str) -> WebhookEndpointDisabled:
    """Return the event of an endpoint at which nothing arrives, last from a region."""
    reason = str(endpoint.disabled_reason)
    return WebhookEndpointDisabled(region=region, endpoint_id=endpoint.endpoint_id, reason=reason)


def endpoint_resumed(endpoint: WebhookEndpoint) -> WebhookEndpointResumed:
    """Return the event of an endpoint that hears events again."""
    return WebhookEndpointResumed(region=endpoint.region, endpoint_id=endpoint.endpoint_id)


def endpoint_removed(endpoint: WebhookEndpoint) -> WebhookEndpointRemoved:
    """Return the event of an endpoint that hears nothing any more."""
    return WebhookEndpointRemoved(region=endpoint.region, endpoint_id=endpoint.endpoint_id)


def endpoint_tried(endpoint: WebhookEndpoint) -> WebhookEndpointTried:
    """Return the event that is sent to an endpoint alone, as a test."""
    return WebhookEndpointTried(region=endpoint.region, endpoint_id=endpoint.endpoint_id)
