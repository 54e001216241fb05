"""The ways in to providers."""

from services.intake.providers import queries, use_cases
from shared.api.routes import Routes

ONE = "/providers/{provider_id}"

routes = Routes()
routes.post("/providers", use_cases.register_provider, caller="person")
routes.get("/providers", queries.list_providers, caller="person")
routes.get(ONE, queries.get_provider, caller="person")
routes.put(ONE, use_cases.edit_provider, caller="person")
routes.post(f"{ONE}/retire", use_cases.retire_provider, caller="person", status=200)
