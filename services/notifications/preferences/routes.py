"""The ways in to preferences."""

from services.notifications.preferences import queries, use_cases
from services.notifications.preferences.page import of_refusal
from shared.api.routes import Routes

OF_PERSON = "/people/{person_id}/preferences"

routes = Routes()
routes.get("/own-preferences", queries.get_own_preferences, caller="person")
routes.put("/own-preferences", use_cases.set_own_preferences, caller="person")
routes.get(OF_PERSON, queries.get_preferences, caller="person")
routes.put(OF_PERSON, use_cases.set_preferences, caller="person")
routes.post(
    f"{OF_PERSON}/link", use_cases.link_preferences, caller="person", status=200, idempotent=False
)
routes.get("/access-log/{person_id}", queries.list_readings, caller="person")
routes.get(
    "/preferences/{link}", queries.show_preferences_page, caller="public", refused=of_refusal
)
routes.post(
    "/preferences/{link}", use_cases.set_preferences_page, caller="public", refused=of_refusal
)
