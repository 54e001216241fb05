"""Endpoints as `policy.cedar` sees them."""

from services.notifications.policy import POLICY
from services.notifications.webhook_endpoints.domain import WebhookEndpoint
from services.notifications.webhook_endpoints.repository import WebhookEndpoints
from shared.identity.policy import Resource
from shared.principal import Principal

ENDPOINT = "WebhookEndpoint"


def resource(region: str, endpoint_id: str = "") -> Resource:
    """Return an endpoint, or a new one of a region, as a resource."""
    return Resource(ENDPOINT, endpoint_id or region, region=region)


def load_authorised(
    endpoint_id: str, action: str, principal: Principal, endpoints: WebhookEndpoints
) -> WebhookEndpoint:
    """Load an endpoint for an action; raises NotFound or Forbidden."""
    endpoint = endpoints.get(endpoint_id)
    about = resource(endpoint.region, endpoint_id)
    POLICY.require(principal, action, about)
    return shown_to(principal, endpoint)


def shown_to(principal: Principal, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    """Return an endpoint that offers the steps which the caller may take."""
    about = resource(endpoint.region, endpoint.endpoint_id)
    return endpoint.shown_to(POLICY.may_take(principal, about, {}))
