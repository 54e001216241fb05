"""The ways in to an operator's call."""

from typing import Any

from services.intake.calls import queries
from services.intake.calls.use_cases import additions as added
from services.intake.calls.use_cases import disowning, mending
from shared.api.routes import Routes

ONE = "/requests/{request_id}"
TAKEN_OUT = f"{ONE}/additions/{{addition_id}}/withdraw"
STAFF: Any = {"caller": "person", "status": 200}

routes = Routes()
routes.post("/callers/search", queries.find_caller, caller="person")
routes.post("/requests/search", queries.find_requests, caller="person")
routes.get(f"{ONE}/read-back", queries.read_back, caller="person")
routes.post(f"{ONE}/additions", added.add_to_request, **STAFF, answer=added.added_view)
routes.post(TAKEN_OUT, added.withdraw_addition, **STAFF, answer=added.withdrawn_view)
routes.post(f"{ONE}/disown", disowning.disown_request, **STAFF)
routes.post(f"{ONE}/mend", mending.mend_request, **STAFF)
