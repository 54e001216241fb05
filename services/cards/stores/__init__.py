"""What managers do with the shops of a partner and the keys of their tills."""

from services.cards.stores.routes import routes

__all__ = ["routes"]
