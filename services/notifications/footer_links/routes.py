"""The ways in to footer links."""

from services.notifications.footer_links import queries, use_cases
from shared.api.routes import Routes

routes = Routes()
routes.get("/programme-lines/{region}", queries.get_lines, caller="person")
routes.put(
    "/programme-lines/{region}",
    use_cases.set_lines,
    caller="person",
    problems=("unknown_line", "page_not_https"),
)
