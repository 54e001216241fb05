"""The ways in to care visits."""

from services.matching.visits import queries, use_cases
from shared.api.routes import Routes

OF_MATCH, BOTH = "/matches/{match_id}/visits", "person|machine"

routes = Routes()
routes.post(OF_MATCH, use_cases.record_help, caller="person", status=200)
routes.get(OF_MATCH, queries.list_visits, caller=BOTH)
routes.get("/visits/{visit_id}/note", queries.view_visit_note, caller="person")
routes.post("/visits/{visit_id}/confirmation", use_cases.confirm_help, caller=BOTH, status=200)
routes.post("/visits/{visit_id}/correction", use_cases.correct_help, caller="person", status=200)
