"""Gifts of families whose cases are over: their own wish, never asked for during a case."""

from services.matching.gifts.reactions import REACTIONS
from services.matching.gifts.routes import routes

__all__ = ["REACTIONS", "routes"]
