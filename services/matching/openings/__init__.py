"""What a guardian that can do more means for the families that wait."""

from services.matching.openings.reactions import REACTIONS
from services.matching.openings.routes import routes

__all__ = ["REACTIONS", "routes"]
