"""The ways in to families."""

from services.intake.families import queries
from shared.api.routes import Routes

ONE = "/families/{family_id}"

routes = Routes()
routes.get(ONE, queries.get_family, caller="person")
routes.get(f"{ONE}/timeline", queries.get_timeline, caller="person")
routes.get("/own-consultations", queries.list_own_consultations, caller="person")
routes.get("/own-measures", queries.list_own_measures, caller="person")
