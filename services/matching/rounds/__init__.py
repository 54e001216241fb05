"""Rounds of proposals: a whole region assigned, looked at, and proposed pair by pair."""

from services.matching.rounds.reactions import JOBS
from services.matching.rounds.routes import routes

__all__ = ["JOBS", "routes"]
