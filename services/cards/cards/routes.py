"""The cards' routes."""

from services.cards.cards import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.get("/cards", queries.list_cards, caller="person")
routes.get("/my-cards", queries.list_own_cards, caller="person|machine")
routes.get("/cards/{card_id}", queries.get_card, caller="person|machine")
routes.get("/cards/{card_id}/page", queries.get_card_page, caller="person|machine")
routes.get("/cards/{card_id}/contact", queries.get_contact, caller="person|machine")
routes.post(
    "/cards/{card_id}/renew-code",
    use_cases.renew_code,
    caller="person",
    status=200,
    answer=queries.issued_card_view,
)
routes.post("/cards/{card_id}/block", use_cases.block_card, caller="person|machine", status=200)
routes.post("/cards/{card_id}/unblock", use_cases.unblock_card, caller="person|machine", status=200)
routes.post(
    "/cards/{card_id}/replace",
    use_cases.replace_card,
    caller="person",
    answer=queries.issued_card_view,
    location="/v1/cards/{id}",
)
routes.post("/cards/{card_id}/move", use_cases.move_card, caller="person|machine", status=200)
routes.post("/cards/{card_id}/revoke", use_cases.revoke_card, caller="person", status=200)
routes.post(
    "/cards/{card_id}/withdraw-consent",
    use_cases.withdraw_consent,
    caller="person|machine",
    status=200,
)
routes.post(
    "/cards/{card_id}/give-consent", use_cases.give_consent, caller="person|machine", status=200
)
