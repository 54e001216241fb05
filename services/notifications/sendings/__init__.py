"""Sendings: each message handed to a provider once, and the ledger of what is known of it."""

from services.notifications.sendings import calls, use_cases
from services.notifications.sendings.outdating import REACTIONS
from services.notifications.sendings.routes import routes

DEADLINES = use_cases.DEADLINES | calls.DEADLINES

__all__ = ["DEADLINES", "REACTIONS", "routes"]
