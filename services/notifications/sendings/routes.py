"""The ways in to calls that tell what a message says."""

from services.notifications.sendings import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/inbox/{item_id}/call", queries.open_call, caller="person")
