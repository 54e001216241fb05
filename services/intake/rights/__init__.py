"""What a family may see, decide and take back, and when it is forgotten: routes and deadline."""

from services.intake.rights.routes import routes
from services.intake.rights.use_cases.retention import DEADLINES

__all__ = ["DEADLINES", "routes"]
