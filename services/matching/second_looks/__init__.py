"""A guardian that is ready is looked at for the families that wait already."""

from services.matching.second_looks.reactions import REACTIONS
from services.matching.second_looks.routes import routes

__all__ = ["REACTIONS", "routes"]
