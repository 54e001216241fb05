"""The ways in to bots."""

from services.notifications.bots import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.get("/bots/{name}", queries.get_bot, caller="person")
routes.post("/bots/{name}/subscription", use_cases.subscribe_bot, caller="person", status=200)
