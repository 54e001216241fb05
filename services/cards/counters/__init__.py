"""Counts of cards and checks that stay when people are erased."""

from services.cards.counters.reactions import REACTIONS
from services.cards.counters.routes import routes

__all__ = ["REACTIONS", "routes"]
