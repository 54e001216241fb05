"""Who asks for help, in numbers: counted once and kept when families are erased."""

from services.intake.figures.reactions import REACTIONS
from services.intake.figures.routes import routes

__all__ = ["REACTIONS", "routes"]
