"""Reminders to guardians in care to report how the help goes."""

from services.notifications.reminders.reactions import DEADLINES, REACTIONS
from shared.api.routes import Routes

routes = Routes()

__all__ = ["DEADLINES", "REACTIONS", "routes"]
