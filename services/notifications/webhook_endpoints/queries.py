"""Endpoints as those who registered them see them, and the answer to a new secret."""

from services.notifications.policy import POLICY
from services.notifications.webhook_endpoints.commands import EndpointsQuery
from services.notifications.webhook_endpoints.policy import ENDPOINT, load_authorised, shown_to
from services.notifications.webhook_endpoints.repository import LISTED, WebhookEndpoints
from services.notifications.webhook_endpoints.values import EndpointId
from services.notifications.webhook_endpoints.vault_records import secret_of
from services.notifications.webhook_endpoints.views import EndpointSecret, EndpointView
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.command_context import Receipt
from shared.storage.list_keys import EVERYWHERE
from shared.storage.repository import Page


def list_webhook_endpoints(
    query: EndpointsQuery, caller: Principal, endpoints: WebhookEndpoints
) -> Page[EndpointView]:
    """List the endpoints of a region, or of the federation (`ALL`)."""
    if query.region == EVERYWHERE:
        partition = Partition.everywhere(caller)
    else:
        partition = Partition.of_region(caller, query.region)
    return endpoints.page(
        "by_region",
        POLICY.require_list(caller, "list_webhook_endpoints", ENDPOINT, partition),
        lambda endpoint: EndpointView.of_endpoint(shown_to(caller, endpoint)),
        caller=caller,
        query=query,
        prefix=LISTED,
    )


def get_webhook_endpoint(
    endpoint_id: EndpointId, caller: Principal, endpoints: WebhookEndpoints
) -> EndpointView:
    """Show an endpoint: what it hears, and whether anything arrives."""
    return EndpointView.of_endpoint(load_authorised(endpoint_id, "view", caller, endpoints))


def endpoint_secret_view(
    receipt: Receipt, caller: Principal, endpoints: WebhookEndpoints
) -> EndpointSecret:
    """Show a secret to the call that made it, and to that call's repeats."""
    secret = secret_of(receipt.id, int(str(receipt.number)))
    known_from = endpoints.get(receipt.id).complete_from
    return EndpointSecret.of(receipt, secret=secret, complete_from=known_from)
