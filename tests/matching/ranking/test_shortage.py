"""What a region lacks, and what one more guardian would change."""

from datetime import timedelta

from services.matching.assignment.problem import Gain, unpacked
from services.matching.assignment.solver import solve
from services.matching.guardians.values import Terms
from services.matching.ranking import shortage
from services.matching.ranking.region import Region
from services.matching.ranking.suggestions import Answer
from services.matching.reach.domain import Ground
from tests.matching import builders
from tests.matching.builders import GROUND, START, TODAY, offers


def test_what_is_missing_is_counted_and_one_more_guardian_is_tried() -> None:
    families = [builders.family(f"cas_{n}", "D12", "food_aid", "transport") for n in range(4)]
    families += [builders.family("cas_9", "D05", "household_help", "transport")]
    region = Region(families, [builders.checked("gua_1", district_ids=("D05",))], GROUND, TODAY)
    problem = region.problem(START)
    answer = Answer(region, problem, solve(problem, 5.0))

    missing = shortage.missing_help(answer)
    tried = shortage.newcomers(answer, ("food_aid", "household_help"))
    asked = problem.model_copy(
        update={"newcomers": [region.newcomer(each, START) for each in tried]}
    )
    (best,) = shortage.one_more(tried, solve(asked, 5.0).gains)

    counted = [
        (each.district_id, each.category, each.families, each.without_guardian) for each in missing
    ]
    assert counted == [
        ("D12", "food_aid", 4, 4),
        ("D12", "transport", 4, 4),
        ("D05", "transport", 1, 0),
    ]
    assert (best.district_id, best.categories, best.families) == ("D12", ("food_aid",), 3)
    assert best.more_families_helped == 3
    assert best.gain > 0


def test_a_newcomer_is_worth_as_much_as_a_guardian_that_there_is() -> None:
    """It helps whom one with its possibilities would help, who wait as long as they do."""
    kinds = ("food_aid", "household_help")
    families = [
        builders.family("cas_1", "D01", "household_help"),
        builders.family("cas_2", "D01", "food_aid", flagged_at=START - timedelta(hours=50)),
        builders.family("cas_3", "D12", "household_help"),
        builders.family("cas_4", "D01", "transport"),
    ]
    terms = Terms(radius_km=1)
    real = builders.checked("gua_1", capabilities=offers(*kinds), capacity_families=3, terms=terms)
    problem = Region(families, [real], GROUND, TODAY).problem(START)

    tried = Region(families, [], GROUND, TODAY).newcomer(real, START)

    assert (tried.places, tried.kinds) == (3, [*kinds])
    assert unpacked(tried.families) == [0, 1] and problem.choices == [1, 1, 0, 0]
    assert tried.worths == problem.worths


def test_what_most_families_lack_comes_first_and_alike_in_the_order_of_districts() -> None:
    asked = (("D12", "food_aid"), ("D02", "transport"), ("D02", "food_aid"), ("D05", "food_aid"))
    families = [builders.family(f"cas_{n}", *each) for n, each in enumerate(asked)]
    families += [builders.family("cas_8", "D12", "food_aid")]
    region = Region(families, [], Ground({}, {}), TODAY)
    problem = region.problem(START)
    answer = Answer(region, problem, solve(problem, 5.0))

    counted = [
        (each.district_id, each.category, each.families) for each in shortage.missing_help(answer)
    ]
    tried = shortage.newcomers(answer, ("food_aid", "transport"))

    assert counted == [
        ("D12", "food_aid", 2),
        ("D02", "food_aid", 1),
        ("D02", "transport", 1),
        ("D05", "food_aid", 1),
    ]
    assert [each.district_ids for each in tried] == [("D02",), ("D12",), ("D05",)]


def test_who_would_help_most_families_is_tried_first_and_nobody_who_could_help_none() -> None:
    """In D12 more wait, but more kinds are needed than one newcomer gives; D05 needs no kind."""
    of_d12 = ("child_leisure", "food_aid", "household_help", "repair_work", "transport")
    families = [builders.family(f"cas_{n}", "D12", kind) for n, kind in enumerate(of_d12)]
    families += [builders.family(f"cas_{n}", "D02", "food_aid") for n in range(6, 10)]
    families += [builders.family("cas_5", "D05", "other")]
    region = Region(families, [], Ground({}, {}), TODAY)
    problem = region.problem(START)
    answer = Answer(region, problem, solve(problem, 5.0))

    tried = shortage.newcomers(answer, of_d12)

    assert [each.district_ids for each in tried] == [("D02",), ("D12",)]
    assert [[offer.category for offer in each.capabilities] for each in tried] == [
        ["food_aid"],
        [*of_d12[:3]],
    ]


def test_what_one_more_guardian_would_change_is_shown_with_the_most_helpful_first() -> None:
    tried = [builders.guardian(district_ids=(district,)) for district in ("D4", "D1", "D3", "D2")]
    gains = [Gain(families=n, value=value) for n, value in ((1, 7), (1, 7), (1, 9), (2, 1))]

    found = shortage.one_more(tried, gains)

    assert [each.district_id for each in found] == ["D2", "D3", "D1", "D4"]
