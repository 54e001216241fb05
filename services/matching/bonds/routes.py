"""The way in to what holds for a family across its cases."""

from services.matching.bonds import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/families/{family_id}/access-log", queries.list_readings, caller="person|machine")
