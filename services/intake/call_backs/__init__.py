"""Call-backs: who rang in vain is called; their routes and deadlines."""

from services.intake.call_backs.reactions import DEADLINES
from services.intake.call_backs.routes import routes

__all__ = ["DEADLINES", "routes"]
