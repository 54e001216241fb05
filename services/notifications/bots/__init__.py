"""Bots: whether a messenger still sends us what people write, and subscribing to that again."""

from services.notifications.bots.routes import routes
from services.notifications.bots.use_cases import DEADLINES

__all__ = ["DEADLINES", "routes"]
