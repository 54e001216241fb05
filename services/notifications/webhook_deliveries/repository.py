"""Rows of deliveries: `WEBHOOK_DELIVERY#<id>`, for a month after the last try.

They go through the queue of jobs: a receiver that answers slowly delays no message to a person.
"""

from datetime import timedelta

from services.notifications.webhook_deliveries.domain import WebhookDelivery
from shared import clock
from shared.storage.repository import Repository
from shared.storage.rows import Row

KEPT = timedelta(days=30)


class WebhookDeliveries(Repository[WebhookDelivery]):
    """by_ref: `WEBHOOK_ENDPOINT#<endpoint>` by time."""

    model = WebhookDelivery
    prefix = "WEBHOOK_DELIVERY"
    id_field = "delivery_id"

    def row(self, aggregate: WebhookDelivery) -> Row:
        """Return the delivery in the log of its endpoint."""
        sort = f"{clock.iso(aggregate.created_at)}#{aggregate.delivery_id}"
        return self._row(
            aggregate,
            lists={"by_ref": (log_of(aggregate.endpoint_id), sort)},
            due_at=aggregate.due_at,
            job=True,
            expires_at=clock.wall() + KEPT if aggregate.due_at is None else None,
        )


def log_of(endpoint_id: str) -> str:
    """Return the list partition of an endpoint's deliveries."""
    return f"WEBHOOK_ENDPOINT#{endpoint_id}"
