"""The way in to the registry of forms."""

from services.notifications.questionnaires import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/questionnaires", queries.list_questionnaires, caller="person")
