"""The ways in to a mediation."""

from services.matching.mediation import queries, use_cases
from shared.api.routes import Routes

ONE = "/matches/{match_id}"

routes = Routes()
routes.post(f"{ONE}/concerns", use_cases.raise_concern, caller="person|machine", status=200)
routes.get(f"{ONE}/mediation", queries.view_mediation, caller="person")
routes.get("/mediations/{mediation_id}", queries.open_mediation, caller="person")
routes.post(f"{ONE}/mediation/result", use_cases.end_mediation, caller="person", status=200)
