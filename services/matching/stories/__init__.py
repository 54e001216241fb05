"""Guardians' stories about their help; without the family's consent they stay inside."""

from services.matching.stories.routes import routes

__all__ = ["routes"]
