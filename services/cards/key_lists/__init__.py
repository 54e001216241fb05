"""The first store keys of a chain: issued by a job, on a list that is taken once."""

from services.cards.key_lists.reactions import JOBS
from services.cards.key_lists.routes import routes

__all__ = ["JOBS", "routes"]
