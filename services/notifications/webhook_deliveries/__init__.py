"""Webhook deliveries: events on their way to integrators' systems, with the log of each try."""

from services.notifications.webhook_deliveries.reactions import REACTIONS, WANTED
from services.notifications.webhook_deliveries.routes import routes
from services.notifications.webhook_deliveries.use_cases import JOBS

__all__ = ["JOBS", "REACTIONS", "WANTED", "routes"]
