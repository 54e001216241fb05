"""A concern about a care that runs: the headquarters mediates until there is a result."""

from services.matching.mediation.reactions import REACTIONS
from services.matching.mediation.routes import routes

__all__ = ["REACTIONS", "routes"]
