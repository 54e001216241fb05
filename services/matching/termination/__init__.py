"""How care ends: the notices of the sides, the decision of the headquarters, a closed case."""

from services.matching.termination.reactions import REACTIONS
from services.matching.termination.routes import routes

__all__ = ["REACTIONS", "routes"]
