"""Candidates for a family: the two lists of the demo, the order, and the first failed rule."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.bonds.values import REST, Refusal, Refusals, facts_of
from services.matching.families.domain import Family
from services.matching.families.values import Profile
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import Feedback, GuardianStatus, Reservation, Slot, Terms
from services.matching.ranking import domain
from services.matching.ranking.judging import rules
from services.matching.ranking.judging.score import UNKNOWN_FEEDBACK, waiting_points
from services.matching.ranking.values import Candidate, Ranking, Rule
from services.matching.reach.domain import Nearness
from shared.reference.code_lists import shipped
from tests.matching import builders
from tests.matching.builders import GROUND, START, TODAY, holding, offers

REGISTER: dict[str, Guardian] = {
    "gua_1": builders.checked(
        "gua_1",
        capabilities=offers("household_help", "repair_work"),
        district_ids=("D01", "D02", "D03", "D04"),
        capacity_families=2,
    ),
    "gua_2": builders.checked(
        "gua_2",
        status=GuardianStatus.CARING,
        capabilities=offers("child_leisure", "food_aid"),
        district_ids=("D03",),
        capacity_families=1,
        places=holding("mat_F02"),
    ),
    "gua_3": builders.checked(
        "gua_3",
        status=GuardianStatus.CARING,
        capabilities=offers("animal_care", "household_help", "food_aid"),
        district_ids=("D02", "D05", "D12"),
        capacity_families=3,
        places=holding("mat_F03"),
    ),
    "gua_4": builders.checked(
        "gua_4",
        status=GuardianStatus.PAUSED,
        capabilities=offers("material_aid"),
        district_ids=("D07",),
    ),
    "gua_5": builders.checked(
        "gua_5",
        status=GuardianStatus.CARING,
        capabilities=offers("material_aid", "household_help", "child_leisure"),
        district_ids=("D07", "D09"),
        capacity_families=2,
        places=holding("mat_F04"),
    ),
    "gua_8": builders.guardian(
        "gua_8",
        status=GuardianStatus.ASSIGNED,
        region="ZR",
        capabilities=offers("food_aid"),
        district_ids=("D06",),
    ),
}
ZR = list(REGISTER.values())


def rank(family: Family, guardians: list[Guardian]) -> Ranking:
    """The judgement on all of them on the ground of the demo region."""
    return domain.Pairing(family, GROUND, TODAY).rank(guardians)


def test_candidates_of_f05() -> None:
    family = builders.family("cas_5", "D02", "household_help", excluded_here=("gua_3",))

    found = rank(family, ZR)

    assert [(c.guardian_id, c.coverage, c.same_district) for c in found.candidates] == [
        ("gua_1", 1.0, True),
        ("gua_5", 1.0, False),
    ]
    assert {u.guardian_id: u.rule for u in found.unsuitable} == {
        "gua_2": Rule.NO_FREE_CAPACITY,
        "gua_3": Rule.EXCLUDED_BY_CONFLICT,
        "gua_4": Rule.PAUSED,
        "gua_8": Rule.NOT_READY,
    }


def test_candidates_of_f08() -> None:
    found = rank(builders.family("cas_8", "D12", "animal_care", "repair_work"), ZR)

    assert [(c.guardian_id, c.coverage, c.same_district) for c in found.candidates] == [
        ("gua_3", 0.5, True),
        ("gua_1", 0.5, False),
    ]
    assert [c.uncovered for c in found.candidates] == [("repair_work",), ("animal_care",)]


@pytest.mark.requirement("S4-36")
def test_both_needs_come_before_one_before_none_and_equals_by_load_and_id() -> None:
    family = builders.family("cas_1", "D01", "household_help", "repair_work")

    found = rank(family, ZR)
    assert [c.guardian_id for c in found.candidates] == ["gua_1", "gua_3", "gua_5"]
    none = {each.guardian_id for each in found.unsuitable}
    assert none == {"gua_2", "gua_4", "gua_8"}
    failed = family.leaving_out(["gua_1"])
    assert [c.guardian_id for c in rank(failed, ZR).candidates] == ["gua_3", "gua_5"]

    busy = builders.checked("gua_a", capacity_families=3, places=holding("mat_1"))
    idle = [builders.checked(name, capacity_families=2) for name in ("gua_c", "gua_b")]
    found = rank(builders.family("cas_1", "D01", "household_help"), [busy, *idle])
    assert [c.guardian_id for c in found.candidates] == ["gua_b", "gua_c", "gua_a"]


@pytest.mark.requirement("S4-26")
def test_a_full_guardian_is_a_candidate_again_with_more_capacity() -> None:
    family = builders.family("cas_1", "D01", "household_help")
    full = builders.checked(status=GuardianStatus.CARING, places=holding("mat_1"))

    assert rank(family, [full]).unsuitable[0].rule is Rule.NO_FREE_CAPACITY
    raised = full.change_possibilities(full.capabilities, full.district_ids, 2, Terms())
    assert rank(family, [raised]).candidates


def test_a_kind_of_help_may_be_limited_to_some_families_and_districts() -> None:
    limited = builders.checked(
        capabilities=offers("food_aid", max_families=1, district_ids=("D09",)),
        capacity_families=5,
    )
    family = builders.family("cas_1", "D01", "food_aid")
    taken = limited.model_copy(
        update={"places": (Reservation(match_id="mat_1", categories=("food_aid",)),)}
    )

    assert not rank(family, [limited]).candidates[0].same_district
    assert rank(family, [taken]).unsuitable[0].rule is Rule.NO_ROOM_FOR_CATEGORY


@given(st.permutations(ZR), st.sets(st.sampled_from(sorted(REGISTER))))
def test_the_list_is_the_same_for_everybody_and_forgets_nobody(
    order: list[Guardian], excluded: set[str]
) -> None:
    family = builders.family(
        "cas_1", "D02", "household_help", excluded_here=tuple(sorted(excluded))
    )

    found = rank(family, order)

    assert found == rank(family, ZR)
    named = [c.guardian_id for c in found.candidates] + [u.guardian_id for u in found.unsuitable]
    assert sorted(named) == sorted(REGISTER)
    assert not excluded & {c.guardian_id for c in found.candidates}


def test_a_guardian_that_fails_everything_is_told_the_first_rule_left() -> None:
    """Repair one rule after the other: each time the next one speaks, in the order of the table."""
    family = builders.family(
        "cas_1", "D01", "food_aid", excluded_here=("gua_1",), programme="other"
    )
    mornings = Terms(
        schedule=(Slot(day="mon", part="morning"),), exclusions=("animals_at_home", "no_lift")
    )
    full = (Reservation(match_id="mat_1", categories=("food_aid",)),)
    far = {"capabilities": offers("food_aid", max_families=1), "district_ids": ("Far",)}
    upstairs = Profile(home_conditions=("heavy_lifting", "no_lift"), preferred_time="evening")
    family = family.model_copy(update={"profile": upstairs})
    guardian = builders.checked(
        region="YY", status=GuardianStatus.WITHDRAWN, places=full, checks=(), terms=mornings
    )
    repairs: list[tuple[Rule, dict[str, object], dict[str, object]]] = [
        (Rule.OTHER_PROGRAMME, {"programme": guardian.programme}, {}),
        (Rule.OTHER_REGION, {}, {"region": "ZR"}),
        (Rule.TAKES_NO_PART, {}, {"status": GuardianStatus.PAUSED}),
        (Rule.PAUSED, {}, {"status": GuardianStatus.ASSIGNED}),
        (Rule.NOT_READY, {}, {"status": GuardianStatus.READY}),
        (Rule.REQUIREMENT_EXPIRED, {}, {"checks": builders.checks()}),
        (Rule.EXCLUDED_BY_CONFLICT, {"excluded_here": ()}, {}),
        (Rule.REFUSED_LATELY, {}, {}),
        (Rule.NO_FREE_CAPACITY, {}, {"capacity_families": 2}),
        (Rule.NO_NEEDED_CATEGORY, {}, {**far}),
        (Rule.TOO_FAR, {}, {"district_ids": ("D01",)}),
        (Rule.HOME_CONDITIONS, {}, {"terms": mornings.model_copy(update={"exclusions": ()})}),
        (Rule.NO_COMMON_TIME, {"profile": Profile(preferred_time="morning")}, {}),
        (Rule.NO_ROOM_FOR_CATEGORY, {}, {"places": holding("mat_1")}),
    ]

    assert [rule for rule, _, _ in repairs] == [rule for rule, _ in rules.RULES] == list(Rule)
    over = False
    for rule, of_family, of_guardian in repairs:
        refusal = Refusal(
            guardian_id="gua_1",
            family_id="fam_1",
            by="family",
            reason="other",
            at=START - REST if over else START,
            facts=facts_of(family, guardian),
        )
        found = domain.Pairing(family, GROUND, TODAY, Refusals([refusal], START)).rank([guardian])
        said = found.unsuitable[0]
        assert said.rule is rule
        assert said.title == (guardian.title if guardian.region == family.region else None)
        assert bool(said.hindrances) == (rule is Rule.HOME_CONDITIONS)
        assert said.km is None or rule is Rule.TOO_FAR
        over = over or rule is Rule.REFUSED_LATELY
        family = family.model_copy(update=of_family)
        guardian = guardian.model_copy(update=of_guardian)
    assert rank(family, [guardian]).candidates[0].title == guardian.title


def test_nearness_comes_after_coverage_and_before_load_and_points_say_so() -> None:
    def helper(name: str, district: str, *kinds: str, load: int = 0) -> Guardian:
        places = holding(*(f"mat_{place}" for place in range(load)))
        return builders.checked(
            name,
            capabilities=offers(*kinds),
            district_ids=(district,),
            capacity_families=9,
            places=places,
        )

    both = helper("gua_z", "D05", "food_aid", "repair_work", load=8)
    here, next_door = helper("gua_y", "D01", "food_aid", load=8), helper("gua_b", "D02", "food_aid")
    hour_away = helper("gua_a", "D04", "food_aid")
    busy_here = helper("gua_c", "D01", "food_aid", load=3)
    everywhere = helper("gua_w", "D01", "food_aid", load=5).model_copy(update={"district_ids": ()})

    found = rank(
        builders.family("cas_1", "D01", "food_aid", "repair_work"),
        [both, here, next_door, hour_away, busy_here, everywhere],
    ).candidates

    named = [each.guardian_id for each in found]
    assert named == ["gua_z", "gua_c", "gua_w", "gua_y", "gua_b", "gua_a"]
    assert [each.nearness for each in found[-2:]] == [Nearness.NEIGHBOUR, Nearness.WITHIN_REACH]
    assert [each.km for each in found[-2:]] == [13, 26]
    totals = [each.points.total for each in found]
    assert totals == sorted(totals, reverse=True) and len({*totals}) == len(totals)


def test_help_that_is_too_far_is_not_counted_while_the_rest_is() -> None:
    guardian = builders.checked(
        capabilities=(
            *offers("food_aid", district_ids=("D12",)),
            *offers("repair_work", district_ids=("D09",)),
        ),
    )

    (found,) = rank(
        builders.family("cas_1", "D12", "food_aid", "repair_work"), [guardian]
    ).candidates

    assert (found.covered, found.uncovered) == (("food_aid",), ("repair_work",))
    assert found.same_district


@pytest.mark.parametrize("own", [(), ("D12",)])
def test_help_that_is_too_far_is_said_to_be_as_far_as_it_is(own: tuple[str, ...]) -> None:
    """Said once: too far, 0 km; by other districts than those of the help that is needed."""
    guardian = builders.checked(
        district_ids=own,
        capabilities=(
            *offers("food_aid", "child_leisure", district_ids=("D09",)),
            *offers("animal_care", district_ids=("D09", *own)),
        ),
    )

    (said,) = rank(builders.family("cas_1", "D12", "food_aid"), [guardian]).unsuitable

    assert (said.rule, said.km) == (Rule.TOO_FAR, 71)


def test_close_by_is_where_help_is_given() -> None:
    """Without districts of its own a guardian whose help has some was close to every family."""
    guardian = builders.checked(
        district_ids=(),
        capabilities=offers("food_aid", district_ids=("D04",)),
        terms=Terms(preferences=("close_by",)),
    )
    near, far = (builders.family("cas_1", district, "food_aid") for district in ("D04", "D01"))

    assert [rank(each, [guardian]).candidates[0].liked for each in (near, far)] == [
        ("close_by",),
        (),
    ]


def test_who_needs_help_with_animals_has_some_and_a_time_that_is_not_said_suits_all() -> None:
    """What a rule cannot know never excludes a guardian."""
    strict = builders.checked(
        capabilities=offers("household_help", "animal_care"),
        terms=Terms(exclusions=("animals_at_home",)),
    )
    evenings = builders.checked(terms=Terms(schedule=(Slot(day="sat", part="evening"),)))

    def rules(guardian: Guardian, *kinds: str, **known: object) -> list[Rule]:
        profile = Profile.model_validate(known)
        family = builders.family("cas_1", "D01", *kinds, profile=profile)
        return [each.rule for each in rank(family, [guardian]).unsuitable]

    assert rules(strict, "household_help") == []
    assert rules(strict, "household_help", "animal_care") == [Rule.HOME_CONDITIONS]
    assert rules(strict, "household_help", home_conditions=("animals_at_home",)) == [
        Rule.HOME_CONDITIONS
    ]
    for time in ("evening", "any_time", None, "at_night"):
        assert rules(evenings, "household_help", preferred_time=time) == []
    assert rules(evenings, "household_help", preferred_time="morning") == [Rule.NO_COMMON_TIME]
    assert rules(builders.checked(), "household_help", preferred_time="morning") == []


def test_a_family_says_of_its_home_what_a_guardian_says_of_itself() -> None:
    said, excluded = (shipped()[name].codes for name in ("home_condition", "guardian_exclusion"))

    assert list(said) == list(excluded)


def test_a_guardian_comes_as_far_as_it_says_and_no_farther() -> None:
    family = builders.family("cas_1", "D09", "household_help")

    def judged(radius: int | None, district: str) -> tuple[object, int | None]:
        found = rank(
            family, [builders.checked(district_ids=(district,), terms=Terms(radius_km=radius))]
        )
        if found.unsuitable:
            return found.unsuitable[0].rule, None
        return found.candidates[0].nearness, found.candidates[0].km

    assert judged(None, "D07") == judged(15, "D07") == (Nearness.NEIGHBOUR, 15)
    assert judged(14, "D07") == (Rule.TOO_FAR, None)
    assert judged(37, "D01") == (Nearness.WITHIN_REACH, 37)
    assert judged(36, "D01") == judged(None, "D12") == judged(70, "D12") == (Rule.TOO_FAR, None)
    assert judged(71, "D12") == (Nearness.BY_RADIUS, 71)
    assert judged(1, "D09") == (Nearness.SAME_DISTRICT, 0)


PARTS = st.fixed_dictionaries(
    {
        "kinds": st.sampled_from([("food_aid",), ("food_aid", "repair_work")]),
        "district_ids": st.sampled_from([("D01",), ("D01",), ("D02",), ("D04",)]),
        "load": st.sampled_from([0, 0, 0, 1, 12]),
        "scores": st.lists(st.sampled_from([1, 4, 5]), max_size=9),
        "languages": st.sampled_from([("ru",), ("en", "ru")]),
        "preferences": st.sets(
            st.sampled_from(["elderly", "large_family", "small_children", "close_by"])
        ),
    }
)


@settings(max_examples=60)
@given(st.lists(PARTS, min_size=2, max_size=6), st.booleans())
def test_a_part_of_the_score_never_outweighs_one_that_is_named_before(
    parts: list[dict[str, Any]], urgent: bool
) -> None:
    guardians = [
        builders.checked(
            f"gua_{place}",
            capabilities=offers(*each["kinds"]),
            district_ids=each["district_ids"],
            capacity_families=20,
            places=holding(*(f"mat_{number}" for number in range(each["load"]))),
            feedback=Feedback(answers=len(each["scores"]), points=sum(each["scores"])),
            terms=Terms(languages=each["languages"], preferences=tuple(each["preferences"])),
        )
        for place, each in enumerate(parts)
    ]
    profile = Profile(urgent=urgent, language="en", traits=("elderly", "large_family"))
    family = builders.family("cas_1", "D01", "food_aid", "repair_work", profile=profile)

    found = rank(family, guardians).candidates

    def place(each: Candidate) -> tuple[object, ...]:
        said = UNKNOWN_FEEDBACK if each.feedback is None else each.feedback
        near = list(Nearness).index(each.nearness)
        taste = (not each.speaks_language, -len(each.liked), each.guardian_id)
        return (-each.coverage, near, each.load, -said, *taste)

    assert list(found) == sorted(found, key=place)
    assert all(each.points.waiting == (48 if urgent else 0) for each in found)
    assert all(("close_by" in each.liked) <= (each.nearness != "within_reach") for each in found)


def test_waiting_grows_by_the_hour_and_twice_as_fast_for_an_urgent_family() -> None:
    assert [waiting_points(False, hours) for hours in (0, 30, 10**6)] == [0, 30, 720]
    assert [waiting_points(True, hours) for hours in (0, 30, 10**6)] == [48, 108, 720]
    later = START + timedelta(hours=30, minutes=59)
    family = builders.family("cas_1", "D01", "household_help")
    found = domain.Pairing(family, GROUND, TODAY, now=later).rank([builders.checked()])
    assert (found.candidates[0].waited_hours, found.candidates[0].points.waiting) == (30, 30)


def test_what_few_families_said_of_a_guardian_is_not_told() -> None:
    two = Feedback(answers=2, points=2)

    assert (two.mean, two.plus(5).mean) == (None, 2.3)
