"""A holder is erased, card by card: what is left of each, and the work about it, ends."""

from services.cards.erasures.reactions import REACTIONS
from services.cards.erasures.routes import routes

__all__ = ["REACTIONS", "routes"]
