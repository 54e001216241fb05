"""The ways in to the guardians."""

from services.matching.guardians import queries, use_cases
from shared.api.routes import Routes

ONE = "/guardians/{guardian_id}"

routes = Routes()
routes.get(ONE, queries.view_guardian, caller="person")
routes.put(f"{ONE}/possibilities", use_cases.change_possibilities, caller="person")
routes.post(f"{ONE}/pause", use_cases.pause_guardian, caller="person", status=200)
routes.post(f"{ONE}/resumption", use_cases.resume_guardian, caller="person", status=200)
routes.post(f"{ONE}/withdrawal", use_cases.withdraw_guardian, caller="person", status=200)
