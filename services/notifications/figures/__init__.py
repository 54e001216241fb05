"""Figures: messages by day, channel and outcome, and how families answer (K-07)."""

from services.notifications.figures.reactions import DEADLINES, REACTIONS
from services.notifications.figures.routes import routes

__all__ = ["DEADLINES", "REACTIONS", "routes"]
