"""The routes of codes on paper."""

from services.cards.paper_codes import queries, use_cases
from shared.api.routes import Routes

TAKE, SHOWN = "/batches/{batch_id}/codes/take", queries.taken_codes_view

routes = Routes()
routes.post("/batches/{batch_id}/codes", use_cases.ask_for_codes, caller="person", status=200)
routes.get("/batches/{batch_id}/codes", queries.get_codes, caller="person")
routes.post(TAKE, use_cases.take_codes, caller="person", status=200, answer=SHOWN)
