"""The ways in to the vetting of guardians."""

from typing import Any

from services.matching.vetting import queries, use_cases
from shared.api.routes import Routes

ONE = "/guardians/{guardian_id}"
STEP: Any = {"caller": "person", "status": 200}
APPROVING = ("checks_missing", "second_person_needed")

routes = Routes()
routes.get(f"{ONE}/evidence", queries.view_evidence, caller="person")
routes.get(f"{ONE}/clarifications", queries.list_talks, caller="person")
routes.post(f"{ONE}/vetting", use_cases.take_into_vetting, problems=("organisation_known",), **STEP)
routes.post(f"{ONE}/checks", use_cases.record_check, **STEP)
routes.post(f"{ONE}/clarification", use_cases.open_clarification, **STEP)
routes.post(f"{ONE}/clarification/result", use_cases.close_clarification, **STEP)
routes.post(f"{ONE}/approval", use_cases.approve_guardian, problems=APPROVING, **STEP)
routes.post(f"{ONE}/rejection", use_cases.reject_guardian, **STEP)
routes.post(f"{ONE}/assignment", use_cases.assign_guardian, **STEP)
