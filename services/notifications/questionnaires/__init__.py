"""Questionnaires: the registry of forms, by topic, as data with versions."""

from services.notifications.questionnaires.routes import routes

__all__ = ["routes"]
