"""The routes of a partner's outlets and store keys."""

from services.cards.stores import queries, use_cases
from shared.api.routes import Routes

ONE = "/partners/{partner_id}"
DESCRIBED = ("hours_overlap", "place_far")

routes = Routes()
routes.post(
    ONE + "/outlets",
    use_cases.add_outlet,
    caller="person",
    problems=DESCRIBED,
    location="/v1/partners/{id}",
)
routes.get(ONE + "/outlets", queries.list_outlets, caller="person")
routes.put(ONE + "/outlets/{outlet_id}", use_cases.edit_outlet, caller="person", problems=DESCRIBED)
routes.post(ONE + "/outlets/{outlet_id}/close", use_cases.close_outlet, caller="person", status=200)
routes.post(
    ONE + "/keys",
    use_cases.issue_key,
    caller="person",
    answer=queries.issued_key_view,
    problems=("two_keys_live",),
    location="/v1/partners/{id}",
)
routes.post(
    ONE + "/keys/{key_id}/replace",
    use_cases.replace_key,
    caller="person",
    answer=queries.issued_key_view,
    location="/v1/partners/{id}",
)
routes.post(ONE + "/keys/{key_id}/revoke", use_cases.revoke_key, caller="person", status=200)
