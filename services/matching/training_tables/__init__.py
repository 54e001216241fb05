"""Trainings of many guardians at once, from a table that the training platform exports."""

from services.matching.training_tables.reactions import JOBS
from services.matching.training_tables.routes import routes

__all__ = ["JOBS", "routes"]
