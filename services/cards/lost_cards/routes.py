"""The way to a card whose holder has neither card nor phone."""

from services.cards.lost_cards import queries
from shared.api.routes import Routes

REFUSED = ("two_signs_needed", "phone_of_many", "too_many_searches")

routes = Routes()
routes.post("/lost-cards/search", queries.find_lost_card, caller="person", problems=REFUSED)
