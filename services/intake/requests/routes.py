"""The ways in to requests."""

from services.intake.requests import queries
from services.intake.requests.use_cases import joining, registration
from shared.api.routes import Routes

ONE = "/requests/{request_id}"

routes = Routes()
routes.post(
    "/requests",
    registration.submit_request,
    caller="person|machine",
    answer=registration.registered_view,
    problems=("processing_consent_required", "which_family_calls", "outside_number_taken"),
    may_exist=True,
)
routes.post(
    "/web-requests",
    registration.submit_web_request,
    caller="public",
    answer=registration.number_view,
    problems=("too_many_requests",),
    untold=True,
)
routes.post(
    "/ended-requests",
    registration.register_ended_request,
    caller="person",
    answer=registration.registered_view,
    location="/v1/requests/{id}",
)
routes.post("/filings", registration.file_request, caller="person", answer=registration.filed_view)
routes.get("/requests", queries.list_requests, caller="person")
routes.get("/own-requests", queries.list_own_requests, caller="person")
routes.get(ONE, queries.get_request, caller="person|machine")
routes.get("/request-numbers/{number}", queries.get_request_by_number, caller="person|machine")
routes.get(f"{ONE}/words", queries.get_request_words, caller="person")
routes.post(f"{ONE}/case", joining.open_case, caller="person", status=200)
routes.post(f"{ONE}/end", joining.end_request, caller="person", status=200)
