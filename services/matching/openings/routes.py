"""The way in to the families that a guardian suits."""

from services.matching.openings import queries
from shared.api.routes import Routes

routes = Routes()
routes.get(
    "/guardians/{guardian_id}/suited-families", queries.list_families_suited, caller="person"
)
