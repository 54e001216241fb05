"""The routes of a list of store keys."""

from services.cards.key_lists import queries, use_cases
from shared.api.routes import Routes

LIST, SHOWN = "/partners/{partner_id}/key-list", queries.taken_keys_view
REFUSED = ("every_outlet_has_key",)

routes = Routes()
routes.post(LIST, use_cases.ask_for_keys, caller="person", status=200, problems=REFUSED)
routes.get(LIST, queries.get_key_list, caller="person")
routes.post(LIST + "/take", use_cases.take_keys, caller="person", status=200, answer=SHOWN)
