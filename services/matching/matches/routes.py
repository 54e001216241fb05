"""The ways in to matches."""

from services.matching.matches import queries, use_cases
from shared.api.routes import Routes

ONE = "/matches/{match_id}"

routes = Routes()
routes.post(
    "/matches",
    use_cases.propose_match,
    caller="person",
    problems=("family_has_open_match", "needs_not_covered"),
)
routes.get("/matches", queries.list_matches, caller="person|machine")
routes.get(ONE, queries.view_match, caller="person|machine")
routes.post(f"{ONE}/decline", use_cases.decline_match, caller="person|machine", status=200)
routes.post(f"{ONE}/cancellation", use_cases.cancel_match, caller="person", status=200)
routes.get(
    f"{ONE}/guardian-contact", queries.view_guardian_contact_of_match, caller="person|machine"
)
routes.get("/access-log/{family_id}", queries.list_readings, caller="person|machine")
routes.get(f"{ONE}/notes", queries.view_notes, caller="person")
routes.get(f"{ONE}/decision", queries.view_decision, caller="person")
