"""What goes out about endpoints."""

from datetime import datetime
from typing import Self

from services.notifications.codes import StepCode
from services.notifications.webhook_endpoints.domain import WebhookEndpoint
from services.notifications.webhook_endpoints.values import DisabledReason, EndpointStatus
from shared.api.models import View


class EndpointView(View):
    """An endpoint; its secret is shown when it is made, and never again.

    From `complete_from` on no event is missed.
    """

    id: str
    version: int
    region: str
    url: str
    event_types: tuple[str, ...]
    status: EndpointStatus
    failing_since: datetime | None
    disabled_reason: DisabledReason | None
    rotated_at: datetime | None
    created_at: datetime
    complete_from: datetime
    next_steps: tuple[StepCode, ...]

    @classmethod
    def of_endpoint(cls, found: WebhookEndpoint) -> Self:
        """Show an endpoint."""
        return cls.of(found, id=found.endpoint_id)


class EndpointSecret(View):
    """An endpoint's new secret, as the libraries of Standard Webhooks take it.

    From `complete_from` on no event is missed.
    """

    id: str
    version: int
    status: EndpointStatus
    secret: str
    complete_from: datetime
