"""The way in to the register."""

from services.matching.reach import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/guardians", queries.list_guardians, caller="person")
