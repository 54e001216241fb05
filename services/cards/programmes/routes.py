"""The programme's routes."""

from services.cards.programmes import queries, use_cases
from shared.api.routes import Routes

ONE = "/programmes/{region}"

routes = Routes()
routes.post(
    "/programmes",
    use_cases.start_programme,
    caller="person",
    problems=("programme_exists", "programme_closed", "two_parties_needed"),
)
routes.get(ONE, queries.get_programme, caller="person")
routes.put(ONE, use_cases.edit_programme, caller="person", problems=("two_parties_needed",))
routes.post(ONE + "/close", use_cases.close_programme, caller="person", status=200)
routes.post(ONE + "/reopen", use_cases.reopen_programme, caller="person", status=200)
