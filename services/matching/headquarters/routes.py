"""The ways in to the headquarters of a region."""

from services.matching.headquarters import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.get("/regions/{region}/headquarters", queries.view_headquarters, caller="person")
routes.put("/regions/{region}/headquarters", use_cases.staff_headquarters, caller="person")
