"""The ways in to the figures of regions."""

from services.matching.figures import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/regions/{region}/figures", queries.view_figures, caller="person")
routes.get("/figures", queries.view_programme_figures, caller="person")
