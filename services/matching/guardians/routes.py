"""The ways in to the guardians."""

from services.matching.guardians import queries, use_cases
from shared.api.routes import Routes

ONE = "/guardians/{guardian_id}"

routes = Routes()
routes.get("/guardians", queries.list_guardians, caller="person")
routes.get(ONE, queries.view_guardian, caller="person")

# vetting at the federal headquarters
routes.post(f"{ONE}/vetting", use_cases.take_into_vetting, caller="person", status=200)
routes.post(f"{ONE}/checks", use_cases.record_check, caller="person", status=200)
routes.post(f"{ONE}/clarification", use_cases.open_clarification, caller="person", status=200)
routes.post(
    f"{ONE}/clarification/result", use_cases.close_clarification, caller="person", status=200
)
routes.post(f"{ONE}/approval", use_cases.approve_guardian, caller="person", status=200)
routes.post(f"{ONE}/rejection", use_cases.reject_guardian, caller="person", status=200)
routes.post(f"{ONE}/assignment", use_cases.assign_guardian, caller="person", status=200)

# the checklist at the regional headquarters
routes.post(f"{ONE}/training", use_cases.record_training, caller="person|machine", status=200)
routes.post(f"{ONE}/interview", use_cases.hold_interview, caller="person", status=200)
routes.post(f"{ONE}/briefing", use_cases.hold_briefing, caller="person", status=200)
routes.post(
    f"{ONE}/participation-agreement",
    use_cases.sign_participation_agreement,
    caller="person",
    status=200,
)

# the register
routes.put(f"{ONE}/possibilities", use_cases.change_possibilities, caller="person")
routes.post(f"{ONE}/pause", use_cases.pause_guardian, caller="person", status=200)
routes.post(f"{ONE}/resumption", use_cases.resume_guardian, caller="person", status=200)
routes.post(f"{ONE}/withdrawal", use_cases.withdraw_guardian, caller="person", status=200)
