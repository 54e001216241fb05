"""The ways in to endpoints."""

from services.notifications.webhook_endpoints import queries, use_cases
from shared.api.routes import Routes

ENDPOINTS, ENDPOINT = "/webhook-endpoints", "/webhook-endpoints/{endpoint_id}"
REFUSED = (
    "url_not_https", "url_port", "url_not_public", "event_not_offered", "webhook_endpoints_enough",
)  # fmt: skip
REMOVED = ("webhook_endpoint_removed",)
INACTIVE = ("webhook_endpoint_paused", "webhook_endpoint_disabled", *REMOVED)
NOT_NOW = ("webhook_endpoint_active", *INACTIVE)

routes = Routes()
routes.post(
    ENDPOINTS,
    use_cases.register_webhook_endpoint,
    answer=queries.endpoint_secret_view,
    caller="person",
    problems=REFUSED,
)
routes.get(ENDPOINTS, queries.list_webhook_endpoints, caller="person")
routes.get(ENDPOINT, queries.get_webhook_endpoint, caller="person")
routes.post(
    f"{ENDPOINT}/pause",
    use_cases.pause_webhook_endpoint,
    caller="person",
    status=200,
    problems=NOT_NOW,
)
routes.post(
    f"{ENDPOINT}/resume",
    use_cases.resume_webhook_endpoint,
    caller="person",
    status=200,
    problems=NOT_NOW,
)
routes.post(
    f"{ENDPOINT}/remove",
    use_cases.remove_webhook_endpoint,
    caller="person",
    status=200,
    problems=REMOVED,
)
routes.post(
    f"{ENDPOINT}/secret",
    use_cases.rotate_webhook_secret,
    answer=queries.endpoint_secret_view,
    caller="person",
    status=200,
    problems=REMOVED,
)
