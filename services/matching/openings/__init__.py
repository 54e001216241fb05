"""What a guardian that can do more means for the families that wait."""

from services.matching.openings.reactions import REACTIONS

__all__ = ["REACTIONS"]
