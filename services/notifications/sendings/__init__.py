"""Sendings: each message handed to a provider once, and the ledger of what is known of it."""

from services.notifications.sendings import calls, use_cases
from services.notifications.sendings.outdating import REACTIONS
from shared.api.routes import Routes

DEADLINES = use_cases.DEADLINES | calls.DEADLINES
routes = Routes()

__all__ = ["DEADLINES", "REACTIONS", "routes"]
