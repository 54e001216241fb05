"""Webhooks: what providers of messages let us know, stored once and worked on later."""

from services.notifications.webhooks.routes import routes
from services.notifications.webhooks.use_cases import DEADLINES

__all__ = ["DEADLINES", "routes"]
