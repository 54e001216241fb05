"""The ways in to footer links."""

from services.notifications.footer_links import queries, use_cases
from shared.api.routes import Routes

LINES = "/programme-lines/{region}"
REFUSED = ("unknown_line", "page_not_https")

routes = Routes()
routes.get(LINES, queries.get_lines, caller="person")
routes.put(LINES, use_cases.set_lines, caller="person", problems=REFUSED)
