"""The way in to the figures of a region."""

from services.matching.figures import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/regions/{region}/figures", queries.view_figures, caller="person")
