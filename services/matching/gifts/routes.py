"""The ways in to gifts."""

from services.matching.gifts import queries, use_cases
from shared.api.routes import Routes

BOTH = "person|machine"
EARLY = ("case_still_open", "case_closed_today")

routes = Routes()
routes.post("/gifts", use_cases.offer_gift, caller=BOTH, problems=EARLY, location="/v1/gifts")
routes.get("/gifts", queries.list_gifts, caller=BOTH)
routes.post("/gifts/{gift_id}/withdrawal", use_cases.withdraw_gift, caller=BOTH, status=200)
