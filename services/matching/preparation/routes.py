"""The ways in to the preparation of guardians."""

from typing import Any

from services.matching.preparation import queries, use_cases
from shared.api.routes import Routes

ONE = "/guardians/{guardian_id}"
STEP: Any = {"caller": "person", "status": 200}
TWO_PEOPLE = ("second_person_needed",)

routes = Routes()
routes.get("/participation-agreement", queries.view_participation_text, caller="public")
routes.post(f"{ONE}/training", use_cases.record_training, caller="person|machine", status=200)
routes.post(f"{ONE}/interview", use_cases.hold_interview, problems=TWO_PEOPLE, **STEP)
routes.post(f"{ONE}/briefing", use_cases.hold_briefing, **STEP)
routes.post(f"{ONE}/participation-agreement", use_cases.sign_participation_agreement, **STEP)
