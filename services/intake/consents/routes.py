"""The way in to the texts of consents."""

from services.intake.consents import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/consent-texts", queries.list_consent_texts, caller="public", cache_seconds=300)
