"""The routes of printed cards and stickers."""

from services.cards.printing import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post("/prints", use_cases.order_print, caller="person|machine")
routes.get("/prints", queries.list_prints, caller="person|machine")
routes.get("/prints/{print_id}", queries.get_print, caller="person|machine")
routes.get("/partners/{partner_id}/sticker", queries.get_sticker, caller="person")
