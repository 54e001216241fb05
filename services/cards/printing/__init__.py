"""Cards on paper, and stickers for the doors of partners."""

from services.cards.printing.reactions import JOBS, REACTIONS
from services.cards.printing.routes import routes

__all__ = ["JOBS", "REACTIONS", "routes"]
