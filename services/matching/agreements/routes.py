"""The ways in to the care agreement of a match."""

from services.matching.agreements import queries, use_cases
from shared.api.routes import Routes

ONE = "/matches/{match_id}/agreement"

routes = Routes()
routes.post(ONE, use_cases.draft_agreement, caller="person", status=200)
routes.post(f"{ONE}/signatures", use_cases.sign_agreement, caller="person|machine", status=200)
routes.get(f"{ONE}/link", queries.view_signing_link, caller="person")
routes.post("/signatures", use_cases.sign_by_link, caller="public", status=200)
