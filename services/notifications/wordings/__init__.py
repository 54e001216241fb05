"""Wordings: words of templates that operations have edited, above those of the release."""

from services.notifications.wordings.routes import routes

__all__ = ["routes"]
