"""Feedback forms, which a family opens by a one-time link."""

from services.notifications.feedback.reactions import REACTIONS
from services.notifications.feedback.routes import routes

__all__ = ["REACTIONS", "routes"]
