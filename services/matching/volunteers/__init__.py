"""Volunteers: people and organisations that help with single tasks, and who may be given one."""

from services.matching.volunteers.routes import routes

__all__ = ["routes"]
