"""The ways in to the progress of a request."""

from services.intake.progress.queries import get_filing, get_request_status, list_filings
from services.intake.progress.use_cases import code_view, renew_request_code
from shared.api.routes import Routes

CODE = "/requests/{request_id}/code"

routes = Routes()
routes.post("/request-status", get_request_status, caller="public")
routes.get("/filings", list_filings, caller="person")
routes.get("/filings/{request_id}", get_filing, caller="person")
routes.post(CODE, renew_request_code, caller="person", status=200, answer=code_view)
