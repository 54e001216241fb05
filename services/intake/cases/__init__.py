"""Cases: their routes, reactions and deadlines."""

from services.intake.cases.reactions import DEADLINES, REACTIONS
from services.intake.cases.routes import routes

__all__ = ["DEADLINES", "REACTIONS", "routes"]
