"""Announcements have no routes: events begin them."""

from shared.api.routes import Routes

routes = Routes()
