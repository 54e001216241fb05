"""Notes from one shift of the hotline to the next: their routes."""

from services.intake.hand_overs.routes import routes

__all__ = ["routes"]
