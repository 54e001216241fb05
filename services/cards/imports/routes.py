"""The routes of tables of holders."""

from services.cards.imports import queries, use_cases
from shared.api.routes import Routes

NO_RESULT = ("table_not_done", "table_result_gone")

routes = Routes()
routes.post(
    "/batches",
    use_cases.open_batch,
    caller="person",
    answer=queries.opened_batch_view,
    problems=("no_programme",),
)
routes.get("/batches", queries.list_batches, caller="person")
routes.post("/batches/{batch_id}/start", use_cases.start_batch, caller="person", status=200)
routes.post("/batches/{batch_id}/cancel", use_cases.cancel_batch, caller="person", status=200)
routes.get("/batches/{batch_id}", queries.get_batch, caller="person")
routes.get(
    "/batches/{batch_id}/result", queries.get_batch_result, caller="person", by_state=NO_RESULT
)
