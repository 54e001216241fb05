"""Matches of one family and one guardian, from the proposal to the end."""

from services.matching.matches.routes import routes

__all__ = ["routes"]
