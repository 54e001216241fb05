"""The ways in to requests and cases."""

from services.intake.cases import queries
from services.intake.cases.use_cases import family_links, family_wishes, registration, review
from shared.api.routes import Routes

routes = Routes()

# asking for help
routes.post(
    "/requests",
    registration.submit_request,
    caller="person|machine",
    problems=("processing_consent_required",),
    may_exist=True,
)
routes.post(
    "/web-requests",
    registration.submit_web_request,
    caller="public",
    answer=registration.number_view,
    location="/v1/requests/{id}",
    problems=("too_many_requests",),
    may_exist=True,
)

# looking up
routes.get("/requests", queries.list_requests, caller="person")
routes.get("/own-requests", queries.list_own_requests, caller="person")
routes.get("/requests/{request_id}", queries.get_request, caller="person|machine")
routes.get("/request-numbers/{number}", queries.get_request_by_number, caller="person|machine")
routes.get("/requests/{request_id}/history", queries.get_history, caller="person")
routes.get("/requests/{request_id}/contact", queries.get_contact, caller="person")
routes.get("/requests/{request_id}/office-view", queries.get_office_view, caller="person")

# deciding
routes.post("/requests/{request_id}/take", review.take_request, caller="person", status=200)
routes.post("/requests/{request_id}/needs", review.clarify_needs, caller="person", status=200)
routes.post("/requests/{request_id}/triage", review.triage_request, caller="person", status=200)
routes.post(
    "/requests/{request_id}/care-requirement", review.require_care, caller="person", status=200
)
routes.post(
    "/requests/{request_id}/care-requirement/lift", review.lift_care, caller="person", status=200
)
routes.post("/requests/{request_id}/aids", review.record_aid, caller="person", status=200)
routes.post("/requests/{request_id}/outcomes", review.record_outcome, caller="person", status=200)

# the family's own wishes, carried by headquarters or a bot
routes.get("/requests/{request_id}/own", queries.get_own_case, caller="machine")
routes.post(
    "/requests/{request_id}/corrections",
    family_wishes.correct_needs,
    caller="person|machine",
    status=200,
)
routes.post(
    "/requests/{request_id}/consents",
    family_wishes.change_consent,
    caller="person|machine",
    status=200,
)
routes.post(
    "/requests/{request_id}/contact",
    family_wishes.replace_contact,
    caller="person|machine",
    status=200,
)
routes.post(
    "/requests/{request_id}/withdraw",
    family_wishes.withdraw_request,
    caller="person|machine",
    status=200,
)
routes.post(
    "/requests/{request_id}/reopen",
    family_wishes.reopen_request,
    caller="person|machine",
    status=200,
)
routes.get("/requests/{request_id}/export", queries.export_person, caller="person|machine")
routes.post(
    "/requests/{request_id}/erase", family_wishes.erase_person, caller="person|machine", status=200
)

# the family itself, through its link
routes.post(
    "/requests/{request_id}/links",
    family_links.issue_family_link,
    caller="person",
    status=200,
    answer=family_links.link_view,
)
routes.post("/own-case", family_links.open_own_case, caller="public")
routes.post("/own-case/export", family_links.export_own_case, caller="public")
routes.post("/own-case/corrections", family_links.correct_own_needs, caller="public", status=200)
routes.post("/own-case/consents", family_links.change_own_consent, caller="public", status=200)
routes.post("/own-case/withdraw", family_links.withdraw_own_request, caller="public", status=200)
