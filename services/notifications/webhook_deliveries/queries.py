"""The log of an endpoint."""

from services.notifications.webhook_deliveries.repository import WebhookDeliveries, log_of
from services.notifications.webhook_deliveries.views import DeliveryView
from services.notifications.webhook_endpoints.policy import load_authorised
from services.notifications.webhook_endpoints.repository import WebhookEndpoints
from services.notifications.webhook_endpoints.values import EndpointId
from shared.api.models import Paging
from shared.principal import Principal
from shared.storage.repository import Page


def list_webhook_deliveries(
    endpoint_id: EndpointId,
    query: Paging,
    caller: Principal,
    endpoints: WebhookEndpoints,
    deliveries: WebhookDeliveries,
) -> Page[DeliveryView]:
    """List what was sent to an endpoint in the last month, the latest first."""
    endpoint = load_authorised(endpoint_id, "list_webhook_deliveries", caller, endpoints)
    return deliveries.page(
        "by_ref",
        log_of(endpoint.endpoint_id),
        DeliveryView.of_delivery,
        caller=caller,
        query=query,
        newest_first=True,
    )
