"""The order of those that suit: parts of a sum, each of which outweighs all parts after it."""

from collections.abc import Iterable, Mapping

from services.matching.ranking.judging.facts import Facts, farthest
from services.matching.ranking.values import Candidate, Points
from services.matching.reach.domain import Nearness

COVERAGE_POINTS = 1000
NEARNESS_POINTS: Mapping[Nearness, int] = {
    Nearness.SAME_DISTRICT: 300,
    Nearness.NEIGHBOUR: 200,
    Nearness.WITHIN_REACH: 100,
    Nearness.TOO_FAR: 0,
}
LOAD_POINTS = 99


def points_of(facts: Facts, covered: Iterable[str]) -> Points:
    """Return what a guardian gets for a family, by the kinds of help that it would give."""
    kinds = [*covered]
    share = sum(facts.needs[kind] for kind in kinds) / sum(facts.needs.values())
    return Points.of(
        coverage=COVERAGE_POINTS * round(1000 * share),
        nearness=NEARNESS_POINTS[farthest(facts, kinds).nearness],
        load=max(0, LOAD_POINTS - facts.load),
    )


def in_order(each: Candidate) -> tuple[int, int]:
    """Return the place of a candidate among others, whose ids are in order."""
    return -each.points.total, each.load
