"""The ways in to work items."""

from services.notifications.work_items import queries, use_cases
from shared.api.routes import Routes

ITEM = "/inbox/{item_id}"
OVER = ("item_over", "item_asked_anew")

routes = Routes()
routes.get("/inbox", queries.list_inbox, caller="person")
routes.get("/inbox/counts", queries.count_inbox, caller="person")
routes.post(
    f"{ITEM}/read",
    use_cases.read_item,
    caller="person",
    status=200,
    problems=("item_already_read", "item_already_done", *OVER),
)
routes.post(
    f"{ITEM}/done",
    use_cases.finish_item,
    caller="person",
    status=200,
    problems=("item_already_done", *OVER, "heard_missing", "heard_not_asked"),
)
routes.post(
    f"{ITEM}/reopen",
    use_cases.reopen_item,
    caller="person",
    status=200,
    problems=("item_not_done", *OVER),
)
