"""The ways in to a coordinator's work."""

from services.matching.work_lists import queries
from shared.api.routes import Routes

routes = Routes()
routes.get("/work", queries.list_work, caller="person")
routes.get("/work-counts", queries.count_work, caller="person")
