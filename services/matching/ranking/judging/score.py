"""The order of those that suit: parts of a sum, each of which outweighs all parts after it.

How long the family waits is the same for all of its guardians; it counts between families, when a
whole region is assigned.
"""

from collections.abc import Iterable, Mapping

from services.matching.ranking.judging.facts import Facts, farthest
from services.matching.ranking.values import Candidate, Points
from services.matching.reach.domain import Nearness

# So many for a thousandth of the needs.
COVERAGE_POINTS = 100_000
NEARNESS_POINTS: Mapping[Nearness, int] = {
    Nearness.SAME_DISTRICT: 300,
    Nearness.NEIGHBOUR: 200,
    Nearness.WITHIN_REACH: 100,
    Nearness.BY_RADIUS: 0,
    Nearness.TOO_FAR: 0,
}
# A step of each part is more than all that comes after it.
NEARNESS_STEP, LOAD_STEP, FEEDBACK_STEP, LANGUAGE_POINTS = 1_000, 1_000, 20, 10
MOST_LOAD, MOST_LIKED = 99, 9
# What a guardian has of whom too few families have said anything: the middle of one to five.
UNKNOWN_FEEDBACK = 3.0
LONGEST_WAIT_HOURS = 720
URGENT_HEAD_START, URGENT_TIMES = 24, 2


def points_of(facts: Facts, covered: Iterable[str]) -> Points:
    """Return what a guardian gets for a family, by the kinds of help that it would give."""
    kinds = [*covered]
    share = sum(facts.needs[kind] for kind in kinds) / sum(facts.needs.values())
    return Points.of(
        coverage=COVERAGE_POINTS * round(1000 * share),
        waiting=waiting_points(facts.urgent, facts.waited_hours),
        nearness=NEARNESS_STEP * NEARNESS_POINTS[farthest(facts, kinds).nearness],
        load=LOAD_STEP * max(0, MOST_LOAD - facts.load),
        **finer_points(facts),
    )


def finer_points(facts: Facts) -> dict[str, int]:
    """Return what decides between guardians alike in help, distance and load."""
    said = UNKNOWN_FEEDBACK if facts.feedback is None else facts.feedback
    return {
        "feedback": FEEDBACK_STEP * round(10 * (said - 1)),
        "language": LANGUAGE_POINTS * (facts.family_language in facts.guardian_languages),
        "preferences": min(MOST_LIKED, len(facts.liked)),
    }


def waiting_points(urgent: bool, hours: int) -> int:
    """Return what a family gets for its waiting: an urgent one a day's start, and twice as much."""
    counted = URGENT_TIMES * (hours + URGENT_HEAD_START) if urgent else hours
    return min(counted, LONGEST_WAIT_HOURS)


def in_order(each: Candidate) -> tuple[int, int]:
    """Return the place of a candidate among others, whose ids are in order."""
    return -each.points.total, each.load
