"""Messages: one message to one person about one event, and the ledger of its sending."""

from services.notifications.messages.reactions import REACTIONS
from services.notifications.messages.routes import routes
from services.notifications.messages.use_cases import DEADLINES

__all__ = ["DEADLINES", "REACTIONS", "routes"]
