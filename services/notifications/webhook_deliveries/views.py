"""What goes out about deliveries."""

from datetime import datetime
from typing import Self

from services.notifications.webhook_deliveries.domain import WebhookDelivery
from services.notifications.webhook_deliveries.values import HookFailure, HookStatus
from shared.api.models import View


class DeliveryView(View):
    """A line of an endpoint's log; `webhook_id` is the header by which a receiver knows a repeat.

    `http_status` is what the receiver answered at the last try.
    """

    id: str
    version: int
    webhook_id: str
    event_type: str
    test: bool
    status: HookStatus
    tries: int
    http_status: int | None
    failure: HookFailure | None
    created_at: datetime
    tried_at: datetime | None
    due_at: datetime | None

    @classmethod
    def of_delivery(cls, found: WebhookDelivery) -> Self:
        """Show a delivery."""
        return cls.of(found, id=found.delivery_id, webhook_id=found.event_id)
