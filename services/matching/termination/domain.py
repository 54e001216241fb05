"""What becomes of an ended match whose conflict was none."""

from datetime import datetime

from services.matching.matches.domain import Match


def lift_exclusion(match: Match, at: datetime) -> Match:
    """Let a pair be proposed again that a conflict had parted; the end of its care stays."""
    match._require("lift_exclusion")
    if match.ending is None or not match.ending.excludes:
        raise match._refusal("no_exclusion")
    return match._with(ending=match.ending.model_copy(update={"exclusion_lifted_at": at}))
