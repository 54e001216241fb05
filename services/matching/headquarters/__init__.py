"""The headquarters of a region: the people who work there."""

from services.matching.headquarters.routes import routes

__all__ = ["routes"]
