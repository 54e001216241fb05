"""The ways in to deliveries."""

from services.notifications.webhook_deliveries import queries, use_cases
from services.notifications.webhook_endpoints.routes import ENDPOINT, INACTIVE
from shared.api.routes import Routes

DELIVERIES = f"{ENDPOINT}/deliveries"

routes = Routes()
routes.get(DELIVERIES, queries.list_webhook_deliveries, caller="person")
routes.post(
    f"{ENDPOINT}/test",
    use_cases.try_webhook_endpoint,
    caller="person",
    status=200,
    problems=("webhook_endpoint_removed",),
)
routes.post(
    f"{DELIVERIES}/{{delivery_id}}/resend",
    use_cases.resend_webhook_delivery,
    caller="person",
    status=200,
    problems=("webhook_delivery_waiting", *INACTIVE),
)
