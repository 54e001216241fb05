"""A holder's phone changes: by herself with two codes, or by an office or leader with evidence."""

from services.cards.contact_changes.reactions import REACTIONS
from services.cards.contact_changes.routes import routes

__all__ = ["REACTIONS", "routes"]
