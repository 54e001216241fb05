"""The stores that honour the card: from lead to end, with all they agree."""

from services.cards.partners.reactions import DEADLINES
from services.cards.partners.routes import routes

__all__ = ["DEADLINES", "routes"]
