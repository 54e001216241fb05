"""The programme's routes."""

from services.cards.programmes import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.post(
    "/programmes",
    use_cases.start_programme,
    caller="person",
    problems=("programme_exists", "two_parties_needed"),
)
routes.get("/programmes/{region}", queries.get_programme, caller="person")
routes.post("/programmes/{region}/close", use_cases.close_programme, caller="person", status=200)
routes.post("/programmes/{region}/reopen", use_cases.reopen_programme, caller="person", status=200)
