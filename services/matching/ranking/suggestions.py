"""A suggested guardian for every waiting family of a region at once, with its certificate.

A family that waits longer and a guardian that covers more are worth more; the headquarters decides.
"""

from datetime import datetime

from services.matching.families.domain import Family
from services.matching.guardians.domain import Guardian
from services.matching.guardians.facts import Fact
from services.matching.ranking import auction
from services.matching.ranking.domain import Candidate, rank

MOST_CANDIDATES = 32
COVERAGE = 600_000
SAME_DISTRICT = 200_000
FREE_PLACE = 1_000
WAITING_HOUR = 500
LONGEST_WAIT_HOURS = 720
EPSILON = 100


class Suggestion(Fact):
    """One family with the guardian that fits best into the whole."""

    case_id: str
    guardian_id: str
    coverage: float
    uncovered: tuple[str, ...]
    same_district: bool


class Suggestions(Fact):
    """The whole assignment; `gap` is the share of the optimum that can at most be missing."""

    suggestions: tuple[Suggestion, ...]
    without: tuple[str, ...]
    value: int
    bound: int
    gap: float


def suggest(families: list[Family], guardians: list[Guardian], now: datetime) -> Suggestions:
    """The best distribution of the free places over the waiting families."""
    ranked = {
        family.case_id: {
            candidate.guardian_id: candidate
            for candidate in rank(family, guardians).candidates[:MOST_CANDIDATES]
        }
        for family in families
    }
    bids = {
        family.case_id: [
            (name, worth(candidate, family, now))
            for name, candidate in ranked[family.case_id].items()
        ]
        for family in families
    }
    places = {guardian.guardian_id: max(0, guardian.free_capacity) for guardian in guardians}
    assignment, certificate = auction.solve(places, bids, EPSILON)
    return Suggestions(
        suggestions=tuple(
            _suggestion(case_id, ranked[case_id][assignment[case_id]])
            for case_id in sorted(assignment)
        ),
        without=tuple(sorted(ranked.keys() - assignment.keys())),
        value=certificate.value,
        bound=certificate.bound,
        gap=certificate.gap,
    )


def worth(candidate: Candidate, family: Family, now: datetime) -> int:
    """What this guardian is worth to this family, as a whole number."""
    waited = (now - family.flagged_at).total_seconds() / 3600 if family.flagged_at else 0.0
    return (
        round(COVERAGE * candidate.coverage)
        + SAME_DISTRICT * candidate.same_district
        + FREE_PLACE * min(candidate.free_capacity, 10)
        + WAITING_HOUR * min(round(max(waited, 0)), LONGEST_WAIT_HOURS)
    )


def _suggestion(case_id: str, candidate: Candidate) -> Suggestion:
    return Suggestion(
        case_id=case_id,
        guardian_id=candidate.guardian_id,
        coverage=candidate.coverage,
        uncovered=candidate.uncovered,
        same_district=candidate.same_district,
    )
