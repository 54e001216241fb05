"""The ways in to offered resources."""

from services.matching.resources import queries, use_cases
from shared.api.routes import Routes

ONE = "/resources/{resource_id}"
PARTS = f"{ONE}/reservations"
PART = f"{PARTS}/{{reservation_id}}"
LITTLE = ("not_so_much_left",)

routes = Routes()
routes.post("/resources", use_cases.offer_resource, caller="person")
routes.get("/resources", queries.list_resources, caller="person")
routes.get(ONE, queries.view_resource, caller="person")
routes.post(f"{ONE}/withdrawal", use_cases.withdraw_resource, caller="person", status=200)
routes.post(
    PARTS, use_cases.reserve_resource, caller="person", problems=LITTLE, location=f"/v1{PARTS}"
)
routes.get(PARTS, queries.list_reservations, caller="person")
routes.post(f"{PART}/giving", use_cases.give_resource, caller="person", status=200)
routes.post(f"{PART}/release", use_cases.release_resource, caller="person", status=200)
