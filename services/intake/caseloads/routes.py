"""The ways in to hand-overs of caseloads."""

from services.intake.caseloads import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post("/caseload-transfers", use_cases.transfer_caseload, caller="person")
routes.get("/caseload-transfers", queries.list_transfers, caller="person")
routes.get("/caseload-transfers/{transfer_id}", queries.get_transfer, caller="person")
