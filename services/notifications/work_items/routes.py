"""The ways in to work items."""

from services.notifications.work_items import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.get("/inbox", queries.list_inbox, caller="person")
routes.get("/inbox/counts", queries.count_inbox, caller="person")
routes.post(
    "/inbox/{item_id}/read",
    use_cases.read_item,
    caller="person",
    status=200,
    problems=("item_already_read", "item_already_done", "item_over", "item_asked_anew"),
)
routes.post(
    "/inbox/{item_id}/done",
    use_cases.finish_item,
    caller="person",
    status=200,
    problems=(
        "item_already_done",
        "item_over",
        "item_asked_anew",
        "heard_missing",
        "heard_not_asked",
    ),
)
routes.post(
    "/inbox/{item_id}/reopen",
    use_cases.reopen_item,
    caller="person",
    status=200,
    problems=("item_not_done", "item_over", "item_asked_anew"),
)
