"""The ways in to providers."""

from services.intake.providers import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post("/providers", use_cases.register_provider, caller="person")
routes.get("/providers", queries.list_providers, caller="person")
routes.get("/providers/{provider_id}", queries.get_provider, caller="person")
