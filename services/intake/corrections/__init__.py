"""Correcting what is known of a family, by headquarters or by the family itself."""

from services.intake.corrections.routes import routes

__all__ = ["routes"]
