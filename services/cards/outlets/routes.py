"""The routes of a partner's outlets and store keys."""

from services.cards.outlets import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post(
    "/partners/{partner_id}/outlets",
    use_cases.add_outlet,
    caller="person",
    location="/v1/partners/{id}",
)
routes.post(
    "/partners/{partner_id}/outlets/{outlet_id}/close",
    use_cases.close_outlet,
    caller="person",
    status=200,
)
routes.post(
    "/partners/{partner_id}/keys",
    use_cases.issue_key,
    caller="person",
    answer=queries.issued_key_view,
    problems=("two_keys_live",),
    location="/v1/partners/{id}",
)
routes.post(
    "/partners/{partner_id}/keys/{key_id}/revoke", use_cases.revoke_key, caller="person", status=200
)
