"""Where help reaches, and who is found there: candidates and the register."""

from services.matching.reach.reactions import DEADLINES, REACTIONS
from services.matching.reach.routes import routes

__all__ = ["DEADLINES", "REACTIONS", "routes"]
