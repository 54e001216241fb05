"""The ways in to loans."""

from services.lending.loans import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post("/loans", use_cases.lend_equipment, caller="person", problems=("loan_is_lent",))
routes.get("/loans/{case_id}", queries.view_loan, caller="person")
routes.post("/loans/{case_id}/return", use_cases.return_equipment, caller="person", status=200)
