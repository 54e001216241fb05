"""Families as far as guardians are concerned: a projection of intake's events."""

from services.matching.families.reactions import REACTIONS
from services.matching.families.routes import routes

__all__ = ["REACTIONS", "routes"]
