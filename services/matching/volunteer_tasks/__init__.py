"""Single tasks of volunteers: place, time and kind of help, and nothing of the family."""

from services.matching.volunteer_tasks.reactions import DEADLINES
from services.matching.volunteer_tasks.routes import routes

__all__ = ["DEADLINES", "routes"]
