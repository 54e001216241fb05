"""The routes of the figures."""

from services.cards.figures import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/partners/{partner_id}/statistics", queries.get_statistics, caller="person")
routes.get("/report", queries.get_report, caller="person")
