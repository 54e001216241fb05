"""The ways in to candidates and suggestions."""

from services.matching.ranking import queries
from shared.api.routes import Routes

FAILS = ("assignment_unavailable",)

routes = Routes()
routes.get("/families/{case_id}/candidates", queries.view_candidates, caller="person")
routes.get("/families/{case_id}/unsuitable", queries.list_unsuitable, caller="person")
routes.get(
    "/regions/{region}/suggestions", queries.view_suggestions, caller="person", problems=FAILS
)
routes.get("/regions/{region}/shortage", queries.view_shortage, caller="person", problems=FAILS)
