"""The cards themselves: issue, activation, loss, replacement."""

from services.cards.cards.reactions import DEADLINES
from services.cards.cards.routes import routes

__all__ = ["DEADLINES", "routes"]
