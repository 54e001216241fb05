"""The ways in to requests and cases."""

from services.intake.cases import queries
from services.intake.cases.use_cases import family_links, family_wishes, registration, review
from shared.api.routes import Routes

ONE = "/requests/{request_id}"

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
routes.get(ONE, queries.get_request, caller="person|machine")
routes.get("/request-numbers/{number}", queries.get_request_by_number, caller="person|machine")
routes.get(f"{ONE}/history", queries.get_history, caller="person")
routes.get(f"{ONE}/contact", queries.get_contact, caller="person")
routes.get(f"{ONE}/office-view", queries.get_office_view, caller="person")

# deciding
routes.post(f"{ONE}/take", review.take_request, caller="person", status=200)
routes.post(f"{ONE}/needs", review.clarify_needs, caller="person", status=200)
routes.post(f"{ONE}/triage", review.triage_request, caller="person", status=200)
routes.post(f"{ONE}/care-requirement", review.require_care, caller="person", status=200)
routes.post(f"{ONE}/care-requirement/lift", review.lift_care, caller="person", status=200)
routes.post(f"{ONE}/aids", review.record_aid, caller="person", status=200)
routes.post(f"{ONE}/outcomes", review.record_outcome, caller="person", status=200)

# the family's own wishes, carried by headquarters or a bot
routes.get(f"{ONE}/own", queries.get_own_case, caller="machine")
routes.post(f"{ONE}/corrections", family_wishes.correct_needs, caller="person|machine", status=200)
routes.post(f"{ONE}/consents", family_wishes.change_consent, caller="person|machine", status=200)
routes.post(f"{ONE}/contact", family_wishes.replace_contact, caller="person|machine", status=200)
routes.post(f"{ONE}/withdraw", family_wishes.withdraw_request, caller="person|machine", status=200)
routes.post(f"{ONE}/reopen", family_wishes.reopen_request, caller="person|machine", status=200)
routes.get(f"{ONE}/export", queries.export_person, caller="person|machine")
routes.post(f"{ONE}/erase", family_wishes.erase_person, caller="person|machine", status=200)

# the family itself, through its link
routes.post(
    f"{ONE}/links",
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
