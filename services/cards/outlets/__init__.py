"""The shops of a partner and the keys of their tills."""

from services.cards.outlets.routes import routes

__all__ = ["routes"]
