"""Which guardians suit a family, and who should care for whom in a whole region."""

from services.matching.ranking.routes import routes

__all__ = ["routes"]
