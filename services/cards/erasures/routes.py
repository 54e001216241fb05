"""The way to erase a card that has ended, and its holder."""

from services.cards.erasures import use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post("/cards/{card_id}/erase", use_cases.erase_holder, caller="person|machine", status=200)
