"""Providers: their routes."""

from services.intake.providers.routes import routes

__all__ = ["routes"]
