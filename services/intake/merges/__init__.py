"""What belongs to one family: other records of it, suggested and merged; card holders."""

from services.intake.merges.reactions import DEADLINES
from services.intake.merges.routes import routes

__all__ = ["DEADLINES", "routes"]
