"""Care visits: the helps that a family was given."""

from services.matching.visits.routes import routes

__all__ = ["routes"]
