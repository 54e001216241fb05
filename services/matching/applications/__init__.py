"""Applications of organisations, and the contact person that each of them names."""

from services.matching.applications.routes import routes

__all__ = ["routes"]
