"""The routes by which a card is put into use."""

from services.cards.activation import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post(
    "/cards/activate",
    use_cases.activate_card,
    caller="person|machine",
    status=200,
    answer=queries.activated_card_view,
    problems=(
        "card_number_mistyped",
        "activation_code_mistyped",
        "activation_code_wrong",
        "too_many_codes",
        "code_expired",
        "processing_consent_missing",
        "card_not_awaiting_activation",
        "card_replaced",
        "card_revoked",
    ),
)
routes.post(
    "/cards/{card_id}/hand-over-code",
    use_cases.hand_over_code,
    caller="person|machine",
    status=200,
    answer=queries.activated_card_view,
)
