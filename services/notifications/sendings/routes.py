"""The ways in to what a person was sent, and to calls that tell it."""

from services.notifications.sendings import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/own-messages", queries.list_own_messages, caller="person")
routes.get("/inbox/{item_id}/call", queries.open_call, caller="person")
