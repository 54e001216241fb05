"""Preferences: how a person would like to be written to, and what it can do without."""

from services.notifications.preferences.routes import routes

__all__ = ["routes"]
