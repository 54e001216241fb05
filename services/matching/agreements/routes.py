"""The ways in to the care agreement of a match."""

from services.matching.agreements import use_cases, views
from shared.api.routes import Routes

ONE = "/matches/{match_id}/agreement"

routes = Routes()
routes.post(ONE, use_cases.draft_agreement, caller="person", status=200)
routes.post(f"{ONE}/signatures", use_cases.sign_agreement, caller="person|machine", status=200)
routes.post(
    f"{ONE}/link", use_cases.issue_signing_link, caller="person", status=200, answer=views.link_view
)
routes.post("/signatures", use_cases.sign_by_link, caller="public", status=200)
