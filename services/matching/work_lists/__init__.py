"""A coordinator's work: what is due today, how much time is left, and at which stage."""

from services.matching.work_lists.routes import routes

__all__ = ["routes"]
