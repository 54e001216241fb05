"""The federal headquarters vets an organisation, talks to it and gives it to a region."""

from services.matching.vetting.reactions import DEADLINES
from services.matching.vetting.routes import routes

__all__ = ["DEADLINES", "routes"]
