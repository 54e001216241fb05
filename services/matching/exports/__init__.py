"""Lists to take away: a region's register of guardians, and its matches."""

from services.matching.exports.reactions import JOBS
from services.matching.exports.routes import routes

__all__ = ["JOBS", "routes"]
