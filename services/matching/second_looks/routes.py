"""The way in to a look at the waiting families."""

from services.matching.second_looks import queries
from shared.api.routes import Routes

routes = Routes()
routes.get(
    "/guardians/{guardian_id}/suited-families", queries.view_suited_families, caller="person"
)
