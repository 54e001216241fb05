"""The ways in to tables of trainings."""

from typing import Any

from services.matching.training_tables import queries, use_cases
from shared.api.routes import Routes

NO_RESULT = ("table_not_done", "table_result_gone")
ONE = "/training-tables/{table_id}"
BOTH: Any = {"caller": "person|machine"}

routes = Routes()
routes.post(
    "/training-tables", use_cases.open_training_table, answer=queries.opened_table_view, **BOTH
)
routes.get("/training-tables", queries.list_training_tables, **BOTH)
routes.post(f"{ONE}/start", use_cases.start_training_table, status=200, **BOTH)
routes.post(f"{ONE}/cancel", use_cases.cancel_training_table, status=200, **BOTH)
routes.get(ONE, queries.view_training_table, **BOTH)
routes.get(f"{ONE}/result", queries.view_training_result, by_state=NO_RESULT, **BOTH)
