"""Webhook deliveries: events on their way to integrators' systems, with the log of each try."""

from services.notifications.webhook_deliveries.reactions import REACTIONS
from services.notifications.webhook_deliveries.routes import routes
from services.notifications.webhook_deliveries.use_cases import DEADLINES

__all__ = ["DEADLINES", "REACTIONS", "routes"]
