"""The way in to the figures."""

from services.notifications.figures import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/figures", queries.view_figures, caller="person")
