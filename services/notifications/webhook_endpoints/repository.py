"""Rows of endpoints, `WEBHOOK_ENDPOINT#<id>`, and of who hears what, `WEBHOOK_HEARERS#<region>`."""

from functools import cache

from services.notifications.webhook_endpoints.domain import BELIEVED_FOR, Hearers, WebhookEndpoint
from services.notifications.webhook_endpoints.values import EndpointStatus
from shared import clock
from shared.storage.list_keys import EVERYWHERE, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

LISTED = "webhook_endpoint#"


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


class HearersOfRegions(Repository[Hearers]):
    """Who hears what, by region or `ALL`; its version lets two who register not pass the limit."""

    model = Hearers
    prefix = "WEBHOOK_HEARERS"
    id_field = "region"

    def of_region(self, region: str) -> Hearers:
        """Return who hears what of a region."""
        return self.find(region) or Hearers(region=region)

    def endpoints_for(self, event_type: str, region: str) -> tuple[str, ...]:
        """Return the endpoints that asked for an event, as this container knows them."""
        return tuple(
            each for place in (region, EVERYWHERE) for each in self._believed(place).of(event_type)
        )

    def _believed(self, region: str) -> Hearers:
        now = clock.wall().timestamp()
        known = _known().get(region)
        if known is None or known[0] <= now:
            known = now + BELIEVED_FOR.total_seconds(), self.of_region(region)
            _known()[region] = known
        return known[1]


@cache
def _known() -> dict[str, tuple[float, Hearers]]:
    return {}
