"""The ways in to the end of care."""

from services.matching.termination import use_cases
from shared.api.routes import Routes

NOTICES = "/matches/{match_id}/notices"

routes = Routes()
routes.post(NOTICES, use_cases.notify_termination, caller="person|machine", status=200)
routes.post(f"{NOTICES}/withdrawal", use_cases.withdraw_notice, caller="person|machine", status=200)
routes.post("/matches/{match_id}/hearings", use_cases.hear_side, caller="person", status=200)
routes.post("/matches/{match_id}/ending", use_cases.end_care, caller="person", status=200)
routes.post(
    "/matches/{match_id}/exclusion/lift",
    use_cases.lift_exclusion,
    caller="person",
    status=200,
    problems=("no_exclusion",),
)
