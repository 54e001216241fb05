"""Requests: their routes and deadlines."""

from services.intake.requests.reactions import DEADLINES
from services.intake.requests.routes import routes

__all__ = ["DEADLINES", "routes"]
