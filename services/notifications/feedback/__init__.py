"""Feedback forms, which a person opens by a one-time link."""

from services.notifications.feedback.reactions import DEADLINES, REACTIONS
from services.notifications.feedback.routes import routes

__all__ = ["DEADLINES", "REACTIONS", "routes"]
