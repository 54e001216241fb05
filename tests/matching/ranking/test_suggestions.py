"""Suggestions for a whole region, from families and guardians to the answer."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.assignment.problem import unpacked
from services.matching.assignment.solver import solve
from services.matching.bonds.values import Refusal, Refusals, facts_of
from services.matching.families.domain import Family
from services.matching.families.values import Profile
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import Feedback, GuardianStatus, Reservation, Slot, Terms
from services.matching.ranking.region import Region
from services.matching.ranking.suggestions import Answer, Suggestions
from services.matching.ranking.values import Rule
from tests.matching import builders
from tests.matching.builders import GROUND, START, TODAY, offers
from tests.matching.ranking.test_domain import ZR


def suggest(families: list[Family], guardians: list[Guardian]) -> Suggestions:
    """The answer for a region, solved here."""
    region = Region(families, guardians, GROUND, TODAY)
    problem = region.problem(START)
    return Answer(region, problem, solve(problem, 5.0)).suggestions(more_waiting=False)


def chosen(found: Suggestions) -> dict[str, str]:
    """Who is suggested to whom."""
    return {each.case_id: each.guardian_id for each in found.suggestions}


def alike(families: int, guardians: int, **possibilities: object) -> Suggestions:
    """A region where nobody differs from anybody."""
    return suggest(
        [builders.family(f"cas_{n:04d}", "D01", "household_help") for n in range(families)],
        [builders.checked(f"gua_{n:04d}", **possibilities) for n in range(guardians)],
    )


WAITING = [
    builders.family("cas_5", "D02", "household_help", excluded_here=("gua_3",)),
    builders.family("cas_8", "D12", "animal_care", "repair_work"),
    builders.family("cas_9", "D10", "material_aid"),
    builders.family("cas_x", "D10", "other"),
]


def test_a_region_is_suggested_a_whole_assignment() -> None:
    found = suggest(WAITING, ZR)

    assert chosen(found) == {"cas_5": "gua_1", "cas_8": "gua_3", "cas_9": "gua_5"}
    assert found.without == ("cas_x",)
    assert (found.value, found.gap, found.method) == (found.bound, 0.0, "flow")


@settings(max_examples=25)
@given(st.permutations(WAITING), st.permutations(ZR))
def test_the_answer_hangs_on_nobodys_order(
    families: list[Family], guardians: list[Guardian]
) -> None:
    assert suggest(families, guardians) == suggest(WAITING, ZR)


def test_families_that_differ_in_one_thing_are_judged_each_for_itself() -> None:
    choosy = Terms(
        radius_km=30,
        languages=("en",),
        schedule=(Slot(day="mon", part="morning"),),
        preferences=("elderly",),
        exclusions=("no_lift",),
    )
    kinds = offers("household_help", "animal_care")
    guardians = [
        builders.checked("gua_1", capabilities=kinds, terms=choosy),
        builders.checked("gua_2", capabilities=offers("household_help")),
    ]
    differing: list[dict[str, object]] = [
        {"preferred_time": "evening"},
        {"language": "en"},
        {"traits": ("elderly",)},
        {"home_conditions": ("no_lift",)},
    ]
    families = [
        builders.family("cas_1", "D01", "household_help"),
        builders.family("cas_2", "D12", "household_help"),
        builders.family("cas_3", "D01", "household_help", "animal_care"),
        builders.family("cas_4", "D01", "household_help", excluded_here=("gua_1",)),
        builders.family("cas_5", "D01", "household_help", region="YY"),
        *(
            builders.family(f"cas_a{n}", "D01", "household_help", profile=Profile(**each))
            for n, each in enumerate(differing)
        ),
        builders.family("cas_z", "D01", "household_help"),
    ]
    together = Region(families, guardians, GROUND, TODAY)
    alone = [Region([each], guardians, GROUND, TODAY) for each in families]

    worths = [unpacked(each.problem(START).worths) for each in alone]
    assert unpacked(together.problem(START).worths) == [each for own in worths for each in own]
    assert together.failed == [each.failed[0] for each in alone]
    assert len({(*own, *each.failed[0]) for own, each in zip(worths, alone, strict=True)}) == 9


def test_who_has_refused_a_guardian_is_judged_for_itself_as_its_refusal_holds() -> None:
    guardian = builders.checked("gua_1")
    families = [builders.family(f"cas_{n}", "D01", "household_help") for n in range(5)]
    rests, changed = families[1:3]
    once = builders.checked("gua_1", district_ids=("D02",))
    refusals = {
        each.family_id: Refusals(
            [
                Refusal(
                    guardian_id="gua_1",
                    family_id=each.family_id,
                    by="family",
                    reason="other",
                    at=START,
                    facts=facts_of(each, judged),
                )
            ],
            START,
        )
        for each, judged in ((rests, guardian), (changed, once), (families[3], guardian))
    }

    region = Region(families, [guardian], GROUND, TODAY, refusals)

    assert region.problem(START).choices == [1, 0, 1, 0, 1]
    assert [dict(each) for each in region.failed if each] == [{Rule.REFUSED_LATELY: 1}] * 2


def test_help_that_is_needed_twice_counts_twice() -> None:
    family = builders.family("cas_1", "D01", "household_help", "household_help", "animal_care")
    kinds = ("animal_care", "household_help")
    guardians = [builders.checked(f"gua_{kind}", capabilities=offers(kind)) for kind in kinds]

    assert chosen(suggest([family], guardians)) == {"cas_1": "gua_household_help"}


def test_all_places_are_used_where_everybody_is_alike() -> None:
    found = alike(300, 90, capacity_families=3)

    assert (len(found.suggestions), len(found.without)) == (270, 30)
    assert (found.value, found.method) == (found.bound, "flow")


def test_all_places_are_used_where_kinds_are_limited_too() -> None:
    limited = offers("household_help", max_families=2)

    found = alike(60, 20, capabilities=limited, capacity_families=3)

    assert (len(found.suggestions), len(found.without)) == (40, 20)
    assert (found.method, found.gap) == ("program", 0.0)


def test_nobody_is_suggested_where_no_place_is_free() -> None:
    found = alike(5, 3, status=GuardianStatus.CARING, places=builders.holding("mat_1"))

    assert (len(found.suggestions), len(found.without), found.bound) == (0, 5, 0)


@pytest.mark.parametrize("guardians", [[], ZR])
def test_where_nobody_waits_nothing_is_suggested(guardians: list[Guardian]) -> None:
    found = suggest([], guardians)

    assert (found.suggestions, found.without, found.gap) == ((), (), 0.0)


def test_first_come_is_not_first_served() -> None:
    anywhere = builders.family("cas_1", "D01", "household_help")
    choosy = builders.family("cas_2", "D02", "household_help", excluded_here=("gua_2",))
    here, there = builders.checked("gua_1"), builders.checked("gua_2", district_ids=("D03",))

    found = suggest([anywhere, choosy], [here, there])

    assert chosen(found) == {"cas_1": "gua_2", "cas_2": "gua_1"}


def test_a_family_goes_to_those_who_speak_its_language_where_all_else_is_alike() -> None:
    family = builders.family("cas_1", "D01", "household_help")
    speaking = family.model_copy(update={"profile": Profile(language="en")})
    guardians = [builders.checked(f"gua_{n}") for n in (1, 2)]
    guardians[1] = guardians[1].model_copy(update={"terms": Terms(languages=("en", "ru"))})

    found = suggest([speaking, builders.family("cas_2", "D01", "household_help")], guardians)

    assert chosen(found) == {"cas_1": "gua_2", "cas_2": "gua_1"}


def test_less_to_do_weighs_more_than_praise_and_less_than_a_longer_way() -> None:
    family = builders.family("cas_1", "D01", "household_help")
    busy = builders.checked(
        "gua_1",
        district_ids=("D01",),
        capacity_families=20,
        places=builders.holding(*(f"mat_{n}" for n in range(9))),
        feedback=Feedback(answers=3, points=15),
    )
    free, far = (
        builders.checked(f"gua_{n}", district_ids=(district,))
        for n, district in ((2, "D01"), (3, "D03"))
    )

    assert chosen(suggest([family], [busy, free])) == {"cas_1": "gua_2"}
    assert chosen(suggest([family], [busy, far])) == {"cas_1": "gua_1"}


def test_who_waits_longer_gets_the_only_place() -> None:
    early = builders.family("cas_2", "D01", "household_help")
    early = early.model_copy(update={"flagged_at": START - timedelta(hours=72)})

    found = suggest(
        [builders.family("cas_1", "D01", "household_help"), early], [builders.checked()]
    )

    assert (chosen(found), found.without) == ({"cas_2": "gua_1"}, ("cas_1",))


def test_an_urgent_family_gets_the_only_place_before_one_that_waits_a_day_longer() -> None:
    urgent = builders.family("cas_2", "D01", "household_help", profile=Profile(urgent=True))
    days = [
        builders.family("cas_1", "D01", "household_help", flagged_at=START - timedelta(hours=hours))
        for hours in (24, 72)
    ]

    assert chosen(suggest([days[0], urgent], [builders.checked()])) == {"cas_2": "gua_1"}
    assert chosen(suggest([days[1], urgent], [builders.checked()])) == {"cas_1": "gua_1"}


def test_a_limited_kind_is_given_to_no_more_families_and_the_rest_of_the_help_to_others() -> None:
    guardian = builders.checked(
        capabilities=(*offers("food_aid", max_families=2), *offers("household_help")),
        capacity_families=3,
        places=(Reservation(match_id="mat_1", categories=("food_aid",)),),
    )
    families = [builders.family(f"cas_{n}", "D01", "food_aid", "household_help") for n in (1, 2)]

    found = suggest(families, [guardian])

    assert found.method == "program"
    assert sorted((each.coverage, each.uncovered) for each in found.suggestions) == [
        (0.5, ("food_aid",)),
        (1.0, ()),
    ]
    assert (found.without, found.gap) == ((), 0.0)


def test_a_kind_whose_families_are_all_there_is_no_reason_to_suggest() -> None:
    full = builders.checked(
        capabilities=offers("food_aid", max_families=1),
        capacity_families=3,
        places=(Reservation(match_id="mat_1", categories=("food_aid",)),),
    )

    found = suggest([builders.family("cas_1", "D01", "food_aid")], [full])

    assert found.without == ("cas_1",)
    more = offers("food_aid", max_families=1) + offers("household_help")
    helping = full.model_copy(update={"capabilities": more})
    both = suggest([builders.family("cas_1", "D01", "food_aid", "household_help")], [helping])
    assert (chosen(both), both.method) == ({"cas_1": "gua_1"}, "flow"), "nothing is left to share"


def test_a_gap_is_stated_and_never_claims_more_than_is_proven() -> None:
    region = Region(WAITING, ZR, GROUND, TODAY)
    problem = region.problem(START)
    solution = solve(problem, 5.0)
    worse = solution.model_copy(update={"method": "greedy", "bound": solution.value * 2})

    found = Answer(region, problem, worse).suggestions(more_waiting=True)

    assert (found.gap, found.method, found.more_waiting) == (0.5, "greedy", True)
    assert found.checked_bound == solution.value, "the prices prove more than the solver claims"


def test_a_family_hears_who_got_the_guardian_that_suits_it_best_and_who_is_next_in_line() -> None:
    late, early, earlier = (
        builders.family(f"cas_{n}", "D01", "household_help").model_copy(
            update={"flagged_at": START - timedelta(hours=hours)}
        )
        for n, hours in enumerate((1, 48, 72))
    )
    wanted = builders.checked("gua_1", capacity_families=2)
    other = builders.checked("gua_2", district_ids=("D02",))

    found = suggest([late, early, earlier], [wanted, other])

    assert chosen(found) == {"cas_0": "gua_2", "cas_1": "gua_1", "cas_2": "gua_1"}
    assert [each.standby_id for each in found.suggestions] == ["gua_1", "gua_2", "gua_2"]
    (why,) = found.why_not
    assert (why.case_id, why.guardian_id) == ("cas_0", "gua_1")
    assert (why.given_to, why.waiting_longer) == (2, 2)
    # Who has waited less may be nobody else's to help.
    tied = late.model_copy(update={"excluded_known": ("gua_2",)})
    found = suggest([tied, earlier], [builders.checked("gua_1"), other])
    (why,) = found.why_not
    assert (why.case_id, why.given_to, why.waiting_longer) == ("cas_2", 1, 0)
    alike = earlier.model_copy(update={"flagged_at": tied.flagged_at})
    (why,) = suggest([tied, alike], [builders.checked("gua_1"), other]).why_not
    assert (why.case_id, why.waiting_longer) == ("cas_2", 0)
    assert found.unsuited == ()
    assert why.price > 0
    assert found.checked_bound == found.value


def test_a_district_is_not_passed_over_while_there_are_places_for_it() -> None:
    # The only guardians are at home in D01, so each family there is worth more.
    near = [builders.family(f"cas_n{n}", "D01", "household_help") for n in range(6)]
    far = [builders.family(f"cas_f{n}", "D02", "household_help") for n in range(3)]
    guardians = [builders.checked(f"gua_{n}", capacity_families=2) for n in range(3)]

    early, fair = (
        suggest(
            [each.model_copy(update={"flagged_at": START - waited}) for each in (*near, *far)],
            guardians,
        )
        for waited in (timedelta(hours=72), timedelta(hours=72, seconds=1))
    )

    def of_far(found: Suggestions) -> int:
        return sum(case.startswith("cas_f") for case in chosen(found))

    assert (of_far(early), early.fair_shares) == (0, ())
    assert (of_far(fair), len(fair.suggestions)) == (2, 6)
    assert (fair.gap, fair.checked_bound) == (0.0, fair.value)
    shares = {each.district_id or each.category: each for each in fair.fair_shares}
    counted = {name: (each.families, each.least, each.helped) for name, each in shares.items()}
    # Places suffice for 6 of 9; two thirds of that is 4 of 9, rounded up in each group.
    assert counted == {"D01": (6, 3, 4), "D02": (3, 2, 2), "household_help": (9, 4, 6)}


def test_a_limited_kind_has_a_price_by_which_why_not_is_said() -> None:
    guardian = builders.checked(
        "gua_1", capabilities=offers("food_aid", max_families=1), capacity_families=3
    )
    families = [
        builders.family(f"cas_{n}", "D01", "food_aid").model_copy(
            update={"flagged_at": START - timedelta(hours=hours)}
        )
        for n, hours in enumerate((1, 48))
    ]

    found = suggest(families, [guardian])

    (why,) = found.why_not
    assert (why.case_id, why.given_to, why.waiting_longer) == ("cas_0", 1, 1)
    assert found.method == "program"
    assert 0 < why.price <= found.value, "two places are free, so it is the kind that costs"
    assert found.checked_bound == found.value


def test_help_that_is_too_far_for_a_family_is_withheld_from_its_pair() -> None:
    far = (
        *offers("household_help", district_ids=("D01",)),
        *offers("food_aid", district_ids=("D12",)),
    )
    family = builders.family("cas_1", "D01", "household_help", "food_aid")
    guardian = builders.checked("gua_1", capabilities=far, terms=Terms(radius_km=1))

    problem = Region([family], [guardian], GROUND, TODAY).problem(START)

    assert problem.withheld == {0: ["food_aid"]}
