"""The ways in to cases."""

from services.intake.cases import queries
from services.intake.cases.use_cases import aids, coordination, review
from shared.api.routes import Routes

ONE = "/cases/{case_id}"
AID = f"{ONE}/aids/{{aid_id}}"

routes = Routes()
routes.get("/cases", queries.list_cases, caller="person")
routes.get("/taken-cases", queries.list_taken_cases, caller="person")
routes.get("/case-counts", queries.count_cases, caller="person")
routes.get("/shared-families", queries.list_shared_families, caller="person")
routes.get(ONE, queries.get_case, caller="person")
routes.get(f"{ONE}/history", queries.get_history, caller="person")
routes.get(f"{ONE}/office-view", queries.get_office_view, caller="person")
routes.post(f"{ONE}/take", coordination.take_case, caller="person", status=200)
routes.post(f"{ONE}/take-over", coordination.take_over_case, caller="person", status=200)
routes.post(f"{ONE}/needs", review.clarify_needs, caller="person", status=200)
routes.post(f"{ONE}/triage", review.triage_case, caller="person", status=200)
routes.post(f"{ONE}/care-requirement", review.require_care, caller="person", status=200)
routes.post(f"{ONE}/care-requirement/lift", review.lift_care, caller="person", status=200)
routes.post(f"{ONE}/aids", aids.record_aid, caller="person", status=200)
routes.post(f"{AID}/correct", aids.correct_aid, caller="person", status=200)
routes.post(
    f"{AID}/withdraw",
    aids.withdraw_aid,
    caller="person",
    status=200,
    problems=("aid_closed_case",),
)
routes.post(f"{ONE}/outcomes", review.record_outcome, caller="person", status=200)
