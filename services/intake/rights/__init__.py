"""What a family may see, decide and take back: its routes."""

from services.intake.rights.routes import routes

__all__ = ["routes"]
