"""Cards for many holders at once, from a table that an office exports."""

from services.cards.imports.reactions import JOBS
from services.cards.imports.routes import routes

__all__ = ["JOBS", "routes"]
