"""Photos and videos of the help: uploaded by signed links, looked at before they count."""

from services.matching.media.reactions import JOBS, REACTIONS
from services.matching.media.routes import routes

__all__ = ["JOBS", "REACTIONS", "routes"]
