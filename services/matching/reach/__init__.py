"""Where help reaches, and who is found there."""

from services.matching.reach.reactions import DEADLINES, REACTIONS

__all__ = ["DEADLINES", "REACTIONS"]
