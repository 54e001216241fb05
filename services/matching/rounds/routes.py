"""The ways in to rounds of proposals."""

from services.matching.rounds import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post("/rounds", use_cases.open_round, caller="person")
routes.get("/rounds", queries.list_rounds, caller="person")
routes.get("/rounds/{round_id}", queries.view_round, caller="person")
routes.post("/rounds/{round_id}/commit", use_cases.commit_round, caller="person", status=200)
