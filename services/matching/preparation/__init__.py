"""The checklist of a guardian: training, interview, briefing, and the agreement to take part."""

from services.matching.preparation.routes import routes

__all__ = ["routes"]
