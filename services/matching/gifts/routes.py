"""The ways in to gifts."""

from services.matching.gifts import queries, use_cases
from shared.api.routes import Routes

BOTH = "person|machine"
EARLY = ("case_still_open", "case_closed_today")

routes = Routes()
routes.post("/gifts", use_cases.offer_gift, caller=BOTH, problems=EARLY)
routes.get("/gifts", queries.list_gifts, caller=BOTH)
routes.get("/gifts/{gift_id}", queries.view_gift, caller=BOTH)
routes.post("/gifts/{gift_id}/withdrawal", use_cases.withdraw_gift, caller=BOTH, status=200)
