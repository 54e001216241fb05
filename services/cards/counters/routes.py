"""The counters have no routes: `figures` shows them."""

from shared.api.routes import Routes

routes = Routes()
