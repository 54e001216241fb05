"""News of partners to holders, while they can still plan with it; events begin them."""

from services.cards.announcements.reactions import DEADLINES, REACTIONS
from shared.api.routes import Routes

__all__ = ["DEADLINES", "REACTIONS", "routes"]

routes = Routes()
