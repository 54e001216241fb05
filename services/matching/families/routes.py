"""The ways in to waiting families."""

from services.matching.families import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/families", queries.list_waiting_families, caller="person")
