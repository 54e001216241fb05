"""The ways in to families."""

from services.intake.families import queries, use_cases
from shared.api.routes import Routes

ONE = "/families/{family_id}"

routes = Routes()
routes.get("/shared-families", queries.list_shared_families, caller="person")
routes.get(ONE, queries.get_family, caller="person")
routes.get(f"{ONE}/timeline", queries.get_timeline, caller="person")
routes.post(f"{ONE}/card-holders", use_cases.join_card_holder, caller="person", status=200)
