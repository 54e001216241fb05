"""What holds for one family across its cases: its one open match, the guardians left out."""

from services.matching.bonds.reactions import REACTIONS

__all__ = ["REACTIONS"]
