"""The ways in to notes for the next shift."""

from services.intake.hand_overs import queries, use_cases
from shared.api.routes import Routes

ONE = "/hand-overs/{hand_over_id}"

routes = Routes()
routes.get("/hand-overs", queries.list_notes, caller="person")
routes.get(ONE, queries.get_note, caller="person")
routes.post("/hand-overs", use_cases.leave_note, caller="person")
routes.post(f"{ONE}/take", use_cases.take_note, caller="person", status=200)
routes.post(f"{ONE}/finish", use_cases.finish_note, caller="person", status=200)
