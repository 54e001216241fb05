"""The ways in to corrections."""

from services.intake.corrections import use_cases
from shared.api.routes import Routes

ONE, BOTH = "/families/{family_id}/corrections", "person|machine"

routes = Routes()
routes.post(ONE, use_cases.correct_family, caller=BOTH, status=200, if_match=True)
routes.post("/own-case/family", use_cases.correct_own_family, caller="public", status=200)
