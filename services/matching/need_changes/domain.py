"""How a match follows what its family needs."""

from collections.abc import Iterable
from datetime import datetime

from services.matching.families.domain import Family
from services.matching.families.values import DROPPED
from services.matching.matches.domain import Match
from services.matching.matches.values import Need


def follow_needs(match: Match, family: Family, outside: Iterable[str]) -> Match:
    """Return a match with the needs of now; `outside` is what its guardian does not do of them.

    Those that this match has met stay. Which of all that it had are settled, met or crossed out, is
    kept beside what was agreed on.
    """
    had = {need.need_id for need in match.needs}
    known = {*match.settled_needs, *had}
    kept = [
        need
        for need in family.needs
        if need.open or (need.need_id in had and need.status != DROPPED)
    ]
    return match._with(
        needs=tuple(Need(need_id=need.need_id, category=need.category) for need in kept),
        settled_needs=tuple(
            need.need_id for need in family.needs if not need.open and need.need_id in known
        ),
        uncovered=tuple(sorted({*match.uncovered, *outside})),
    )


def settle_needs(match: Match, *, settled: bool, at: datetime) -> Match:
    """Return a match before its care that knows since when nothing is left to help with."""
    met_at = None if not settled or match.in_care else match.needs_met_at or at
    return match._with(needs_met_at=met_at)
