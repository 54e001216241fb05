"""The ways in to an operator's call."""

from services.intake.calls import queries
from services.intake.calls.use_cases import disowning, mending
from services.intake.calls.use_cases.additions import add_to_request, added_view
from shared.api.routes import Routes

ONE = "/requests/{request_id}"

routes = Routes()
routes.post("/callers/search", queries.find_caller, caller="person")
routes.post("/requests/search", queries.find_requests, caller="person")
routes.get(f"{ONE}/read-back", queries.read_back, caller="person")
routes.post(f"{ONE}/additions", add_to_request, caller="person", status=200, answer=added_view)
routes.post(f"{ONE}/disown", disowning.disown_request, caller="person", status=200)
routes.post(f"{ONE}/mend", mending.mend_request, caller="person", status=200)
