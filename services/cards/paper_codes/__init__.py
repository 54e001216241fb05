"""Codes that no phone gets: what an office hands over on paper with the cards of its table."""

from services.cards.paper_codes.reactions import JOBS
from services.cards.paper_codes.routes import routes

__all__ = ["JOBS", "routes"]
