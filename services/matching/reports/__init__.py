"""Guardians' reports on how the help is going."""

from services.matching.reports.routes import routes

__all__ = ["routes"]
