"""Requests: their routes, reactions and deadlines."""

from services.intake.requests.reactions import DEADLINES, REACTIONS
from services.intake.requests.routes import routes

__all__ = ["DEADLINES", "REACTIONS", "routes"]
