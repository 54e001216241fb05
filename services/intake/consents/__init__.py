"""The texts that families consent to."""

from services.intake.consents.routes import routes

__all__ = ["routes"]
