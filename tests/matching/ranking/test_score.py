"""Why a candidate has its place: each part of its points outweighs all parts after it."""

from itertools import pairwise
from typing import Any

from services.matching.families.values import Profile
from services.matching.guardians.values import Feedback, Terms
from services.matching.ranking.domain import Pairing
from services.matching.ranking.judging import score
from services.matching.ranking.values import Candidate, Points
from tests.matching import builders
from tests.matching.builders import GROUND, START, TODAY, holding, offers


def points(**guardian: Any) -> Points:
    """The points of a guardian for a family with three needs in D01 that speaks English."""
    profile = Profile(language="en", traits=("elderly",))
    family = builders.family(
        "cas_1", "D01", "food_aid", "repair_work", "animal_care", profile=profile
    )
    judged = Pairing(family, GROUND, TODAY, now=START).judged(builders.checked(**guardian))
    assert isinstance(judged, Candidate)
    return judged.points


def test_the_points_of_a_candidate_are_made_of_these_parts() -> None:
    found = points(
        capabilities=offers("food_aid", "repair_work"),
        district_ids=("D01",),
        capacity_families=3,
        places=holding("mat_1"),
        feedback=Feedback(answers=4, points=18),
        terms=Terms(languages=("en",), preferences=("elderly", "close_by")),
    )

    assert found == Points(
        coverage=66_700_000,
        waiting=0,
        nearness=300_000,
        load=98_000,
        feedback=700,
        language=10,
        preferences=2,
        total=67_098_712,
    )


def test_who_is_not_known_yet_gets_the_middle_and_no_more_than_is_true() -> None:
    plain = points(capabilities=offers("food_aid"), district_ids=("D01",))

    assert (plain.feedback, plain.language, plain.preferences) == (400, 0, 0)


def test_a_step_of_each_part_is_more_than_all_that_comes_after_it() -> None:
    liked, language = score.MOST_LIKED, score.LANGUAGE_POINTS
    feedback = score.FEEDBACK_STEP * 10 * (5 - 1)
    load = score.LOAD_STEP * score.MOST_LOAD
    near = sorted({*score.NEARNESS_POINTS.values()})
    nearer = score.NEARNESS_STEP * min(far - close for close, far in pairwise(near))

    assert language > liked
    assert language + liked < score.FEEDBACK_STEP
    assert feedback + language + liked < score.LOAD_STEP
    assert nearer > load + feedback + language + liked
    # Of a hundred needs one is more than the whole way.
    farthest = score.NEARNESS_STEP * near[-1]
    assert farthest + load + feedback + language + liked < score.COVERAGE_POINTS * 10
