"""The way in to the calls of a match."""

from services.matching.calls import use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post("/matches/{match_id}/calls", use_cases.record_call, caller="person", status=200)
routes.post(
    "/matches/{match_id}/calls/{kind}/correction",
    use_cases.correct_call,
    caller="person",
    status=200,
    problems=("no_call_to_correct",),
)
