"""Which guardians suit a family, and the best assignment for a whole region."""

from services.matching.ranking.routes import routes

__all__ = ["routes"]
