"""How far a request has come, for people without an account: their routes."""

from services.intake.progress.routes import routes

__all__ = ["routes"]
