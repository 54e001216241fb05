"""The ways in to what belongs to a family: records of it, card holders."""

from services.intake.merges import queries, use_cases
from shared.api.routes import Routes

ONE = "/families/{family_id}"

routes = Routes()
routes.get("/alike-families", queries.list_alike_families, caller="person")
routes.get(f"{ONE}/duplicates", queries.list_duplicates, caller="person")
routes.post(f"{ONE}/card-holders", use_cases.join_card_holder, caller="person", status=200)
routes.post(f"{ONE}/merge", use_cases.merge_families, caller="person", status=200)
routes.post(f"{ONE}/merge/undo", use_cases.undo_merge, caller="person", status=200)
routes.post(f"{ONE}/different", use_cases.mark_different, caller="person", status=200)
