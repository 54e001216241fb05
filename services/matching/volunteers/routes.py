"""The ways in to volunteers."""

from services.matching.volunteers import queries, use_cases
from shared.api.routes import Routes

ONE = "/volunteers/{volunteer_id}"

routes = Routes()
routes.post("/volunteers", use_cases.register_volunteer, caller="person")
routes.get("/volunteers", queries.list_volunteers, caller="person")
routes.get(ONE, queries.view_volunteer, caller="person")
routes.get(f"{ONE}/contact", queries.view_volunteer_contact, caller="person")
routes.get(f"{ONE}/access-log", queries.list_volunteer_readings, caller="person")
routes.put(f"{ONE}/availability", use_cases.change_availability, caller="person")
routes.post(f"{ONE}/correction", use_cases.correct_volunteer, caller="person", status=200)
routes.post(f"{ONE}/approval", use_cases.approve_volunteer, caller="person", status=200)
routes.post(f"{ONE}/account", use_cases.change_account, caller="person", status=200)
routes.post(f"{ONE}/leaving", use_cases.leave_volunteers, caller="person", status=200)
