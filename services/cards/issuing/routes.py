"""The way in to a card, and what a leader says of one that waits."""

from services.cards.cards.queries import issued_card_view
from services.cards.issuing import queries, use_cases
from shared.api.routes import Routes

REFUSED = (
    "no_programme", "row_without_order", "placement_missing", "holder_has_card", "card_closing",
    "card_held", "sms_needs_mobile",
)  # fmt: skip
DECIDED = "/cards/{card_id}/decide-duplicate"

routes = Routes()
routes.post(
    "/cards", use_cases.issue_card, caller="person", answer=issued_card_view, problems=REFUSED
)
routes.get("/held-cards", queries.list_held_cards, caller="person")
routes.post(
    DECIDED,
    use_cases.decide_duplicate,
    caller="person",
    status=200,
    problems=("same_as_missing", "unknown_card"),
)
