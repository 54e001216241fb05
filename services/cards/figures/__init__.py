"""The figures of a region and of a partner (K-32 … K-35)."""

from services.cards.figures.routes import routes

__all__ = ["routes"]
