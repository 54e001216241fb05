"""Messages: one message to one person about one event; `sendings` hands it over."""

from services.notifications.messages.reactions import REACTIONS
from services.notifications.messages.routes import routes

__all__ = ["REACTIONS", "routes"]
