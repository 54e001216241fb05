"""The ways in to what a person was sent, and to calls that tell it."""

from services.notifications.sendings import queries
from services.notifications.work_items.domain import ALREADY_DONE, ASKED_ANEW, NO_CALL
from shared.api.routes import Routes

routes = Routes()
routes.get("/own-messages", queries.list_own_messages, caller="person")
routes.get(
    "/inbox/{item_id}/call",
    queries.open_call,
    caller="person",
    by_state=(NO_CALL, ALREADY_DONE, ASKED_ANEW),
)
