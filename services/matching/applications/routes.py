"""The ways in to applications and to the contact of a guardian."""

from services.matching.applications import queries, use_cases
from shared.api.routes import Routes

ONE = "/v1/guardians/{id}"

routes = Routes()
routes.post(
    "/applications",
    use_cases.apply_as_guardian,
    caller="public",
    location=ONE,
    problems=("too_many_applications",),
)
routes.get("/applications", queries.list_applications, caller="person")
APPLICATION = "/guardians/{guardian_id}/application"
routes.post(
    "/guardians",
    use_cases.register_application,
    caller="person|machine",
    location="/v1/guardians/{id}/application",
)
routes.get(APPLICATION, queries.view_application, caller="person|machine")
routes.put(APPLICATION, use_cases.correct_application, caller="person")
routes.get("/guardians/{guardian_id}/contact", queries.view_guardian_contact, caller="person")
LOG = "/guardians/{guardian_id}/access-log"
routes.get(LOG, queries.list_guardian_readings, caller="person")
TITLE = "/guardians/{guardian_id}/title"
routes.post(TITLE, use_cases.rename_guardian, caller="person", status=200)
ERASURE = "/guardians/{guardian_id}/contact/erasure"
routes.post(ERASURE, use_cases.erase_guardian_contact, caller="person", status=200)
