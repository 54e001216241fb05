"""The ways in to messages."""

from services.notifications.messages import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/messages", queries.list_messages, caller="person")
