"""Loans of equipment to families."""

from services.lending.loans.reactions import DEADLINES, REACTIONS
from services.lending.loans.routes import routes

__all__ = ["DEADLINES", "REACTIONS", "routes"]
