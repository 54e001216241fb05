"""The way in to the whole view of a family."""

from services.intake.overview import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/families/{family_id}/overview", queries.get_overview, caller="person")
