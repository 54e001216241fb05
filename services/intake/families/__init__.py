"""Families: their routes and reactions."""

from services.intake.families.reactions import REACTIONS
from services.intake.families.routes import routes

__all__ = ["REACTIONS", "routes"]
