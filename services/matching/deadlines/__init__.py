"""What time alone does to matches: the rungs before an introduction, calls, silent sides."""

from services.matching.deadlines.reactions import DEADLINES

__all__ = ["DEADLINES"]
