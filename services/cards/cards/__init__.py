"""The cards themselves: issue, loss, replacement, end."""

from services.cards.cards.routes import routes

__all__ = ["routes"]
