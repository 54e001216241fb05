"""The ways in to call-backs."""

from services.intake.call_backs import queries, use_cases
from shared.api.routes import Routes

ONE = "/call-backs/{call_back_id}"
UNCLAIMED = ("call_back_is_open", "call_back_is_claimed", "call_back_is_ended")

routes = Routes()
routes.get("/call-backs", queries.list_call_backs, caller="person")
routes.get(ONE, queries.get_call_back, caller="person")
routes.get(f"{ONE}/phone", queries.get_call_back_phone, caller="person", by_state=UNCLAIMED)
routes.post(f"{ONE}/claim", use_cases.claim_call_back, caller="person", status=200)
routes.post(f"{ONE}/attempts", use_cases.record_attempt, caller="person", status=200)
