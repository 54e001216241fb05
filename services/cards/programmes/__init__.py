"""The joint card programme of a region: without it no card is issued."""

from services.cards.programmes.routes import routes

__all__ = ["routes"]
