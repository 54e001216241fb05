"""What becomes of an ended match whose conflict was none."""

from datetime import datetime

from services.matching.matches.domain import Match
from services.matching.matches.values import TerminationReason
from shared.domain import KnownCodes
from shared.errors import Invalid

CONFLICT = TerminationReason.CONFLICT


class LiftReason(KnownCodes, of="exclusion_lift_reason"):
    """The reason by which a conflict was one: it is settled."""

    RECONCILED = "reconciled"


def lift_exclusion(
    match: Match, why: str, ended_for: TerminationReason | None, at: datetime
) -> Match:
    """Let a pair be proposed again that a conflict had parted; the end of its care stays.

    It stays an end by conflict when both are reconciled; else it is known by what it `ended_for`.
    """
    match._require("lift_exclusion")
    if match.ending is None or not match.ending.excludes:
        raise match._refusal("no_exclusion")
    if (why == LiftReason.RECONCILED) is (ended_for is not None) or ended_for is CONFLICT:
        raise Invalid("true_reason_needed", "/ended_for")
    reason = ended_for or match.ending.reason
    if reason is TerminationReason.ALL_NEEDS_MET and match.ending.open_categories:
        raise match._refusal("needs_still_open")
    lifted = match.ending.model_copy(update={"reason": reason, "exclusion_lifted_at": at})
    return match._with(ending=lifted)
