"""The way in to the figures of a region."""

from services.intake.figures import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/figures", queries.view_figures, caller="person")
