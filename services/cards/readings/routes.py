"""The way to see who has read what about a holder."""

from services.cards.readings import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/cards/{card_id}/access-log", queries.list_readings, caller="person|machine")
