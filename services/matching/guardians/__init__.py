"""Guardian organisations: vetting, the checklist, and the register of a region."""

from services.matching.guardians.reactions import REACTIONS
from services.matching.guardians.routes import routes

__all__ = ["REACTIONS", "routes"]
