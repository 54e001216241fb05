"""The ways in to the progress of a request."""

from services.intake.progress.queries import get_request_status
from services.intake.progress.use_cases import code_view, renew_request_code
from shared.api.routes import Routes

CODE = "/requests/{request_id}/code"

routes = Routes()
routes.post("/request-status", get_request_status, caller="public")
routes.post(CODE, renew_request_code, caller="person", status=200, answer=code_view)
