"""Sendings: each message handed to a provider once, and the ledger of what is known of it."""

from services.notifications.sendings.outdating import REACTIONS
from services.notifications.sendings.use_cases import DEADLINES
from shared.api.routes import Routes

routes = Routes()

__all__ = ["DEADLINES", "REACTIONS", "routes"]
