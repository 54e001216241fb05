"""The till's routes: a store shows a key of its own with each request."""

from typing import Any

from services.cards.till import purchases, queries, use_cases
from services.cards.till.policy import identify_store
from shared.api.routes import Routes

BY_STORE: Any = {"caller": "store", "identify": identify_store}
COMMAND: Any = BY_STORE | {"idempotent": True}

routes = Routes()
routes.get("/outlet", queries.get_outlet, **BY_STORE)
routes.post(
    "/card-checks",
    use_cases.check_card,
    **COMMAND,
    device_text=True,
    problems=("card_unreadable", "partner_paused", "no_offer", "too_many_checks", "key_locked"),
    example={"number": "0000 0000 0000 0000"},
)
routes.post(
    "/card-checks/{check_id}/purchase",
    purchases.record_purchase,
    **COMMAND,
    device_text=True,
    problems=("check_refused", "purchase_too_late", "purchase_recorded", "purchase_below_minimum"),
    example={"amount_kopecks": 200000, "receipt_id": "0001-42"},
)
routes.post(
    "/card-checks/{check_id}/rollback",
    purchases.roll_back_purchase,
    **COMMAND,
    problems=(
        "no_purchase",
        "purchase_returned",
        "return_exceeds_purchase",
        "rollback_too_late",
        "too_many_returns",
    ),
    example={"amount_kopecks": 50000},
)
