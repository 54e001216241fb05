"""Work items: what the staff of a part of the programme should do next, until it is done."""

from services.notifications.work_items.reactions import DEADLINES, REACTIONS
from services.notifications.work_items.routes import routes

__all__ = ["DEADLINES", "REACTIONS", "routes"]
