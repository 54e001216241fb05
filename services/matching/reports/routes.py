"""The ways in to guardians' reports."""

from services.matching.reports import queries, use_cases
from shared.api.routes import Routes

OF_MATCH = "/matches/{match_id}/reports"

routes = Routes()
routes.post(OF_MATCH, use_cases.report_care, caller="person", status=200)
routes.get(OF_MATCH, queries.list_reports, caller="person")
