"""The holder puts a card into use: code, consent, phone."""

from services.cards.activation.reactions import DEADLINES
from services.cards.activation.routes import routes

__all__ = ["DEADLINES", "routes"]
