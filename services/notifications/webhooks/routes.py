"""The ways in for providers of messages."""

from services.notifications.webhooks.policy import prove
from services.notifications.webhooks.use_cases import take_call_back, take_update
from shared.api.routes import Routes

WEBHOOKS = "/webhooks/{provider}"

routes = Routes()
routes.post(WEBHOOKS, take_update, caller="webhook", identify=prove, status=200)
routes.post(f"{WEBHOOKS}/{{token}}", take_call_back, caller="webhook", identify=prove, status=200)
