"""Rows of endpoints: `WEBHOOK_ENDPOINT#<id>`."""

from services.notifications.webhook_endpoints.domain import WebhookEndpoint
from services.notifications.webhook_endpoints.values import EndpointStatus
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row, UniqueName

LISTED = "webhook_endpoint#"
# An event becomes at most twice as many deliveries (its region's and the federation's), each with
# its audit, in one commit.
MOST_OF_REGION = 3


class WebhookEndpoints(Repository[WebhookEndpoint]):
    """by_region: `REGION#<region or ALL>` / `webhook_endpoint#<id>`, until it is removed."""

    model = WebhookEndpoint
    prefix = "WEBHOOK_ENDPOINT"
    id_field = "endpoint_id"

    def row(self, aggregate: WebhookEndpoint) -> Row:
        """Return the endpoint in the list of its region, or of the federation."""
        if aggregate.status is EndpointStatus.REMOVED:
            return self._row(aggregate)
        place = (region_key(aggregate.region), f"{LISTED}{aggregate.endpoint_id}")
        return self._row(aggregate, lists={"by_region": place})

    def of_region(self, region: str) -> list[WebhookEndpoint]:
        """Return the endpoints of a region, or of the federation, that were not removed."""
        return self.list_all("by_region", region_key(region), prefix=LISTED, most=MOST_OF_REGION)


def slot_of(endpoint: WebhookEndpoint) -> UniqueName:
    """Return the place that an endpoint holds among those of its region."""
    name = f"webhook_endpoint/{endpoint.region}/{endpoint.slot}"
    return UniqueName(name, endpoint.endpoint_id)
