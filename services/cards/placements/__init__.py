"""The end of a placement, which ends its card after a time of grace."""

from services.cards.placements.routes import routes

__all__ = ["routes"]
