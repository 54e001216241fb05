"""Counts of cards and checks that stay when people are erased; `figures` shows them."""

from services.cards.counters.reactions import REACTIONS
from shared.api.routes import Routes

__all__ = ["REACTIONS", "routes"]

routes = Routes()
