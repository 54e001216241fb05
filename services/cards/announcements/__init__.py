"""News of partners to holders, while they can still plan with it."""

from services.cards.announcements.reactions import DEADLINES, REACTIONS
from services.cards.announcements.routes import routes

__all__ = ["DEADLINES", "REACTIONS", "routes"]
