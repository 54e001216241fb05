"""The ways in to exports."""

from services.matching.exports import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post("/exports", use_cases.open_export, caller="person")
routes.get("/exports/{export_id}", queries.view_export, caller="person")
