"""Candidates for a family: the two lists of the demo, the order, and the first failed rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.bonds.values import REST, Refusal, Refusals, facts_of
from services.matching.guardians.domain import Guardian
from services.matching.guardians.values import GuardianStatus, Reservation, Terms
from services.matching.ranking.domain import Rule, rank
from tests.matching import builders
from tests.matching.builders import START, TODAY, holding, offers

REGISTER: dict[str, Guardian] = {
    "gua_1": builders.checked(
        "gua_1",
        capabilities=offers("household_help", "repair_work"),
        districts=("D01", "D02", "D03", "D04"),
        capacity_families=2,
    ),
    "gua_2": builders.checked(
        "gua_2",
        status=GuardianStatus.CARING,
        capabilities=offers("child_leisure", "food_aid"),
        districts=("D03",),
        capacity_families=1,
        places=holding("mat_F02"),
    ),
    "gua_3": builders.checked(
        "gua_3",
        status=GuardianStatus.CARING,
        capabilities=offers("animal_care", "household_help", "food_aid"),
        districts=("D02", "D05", "D12"),
        capacity_families=3,
        places=holding("mat_F03"),
    ),
    "gua_4": builders.checked(
        "gua_4",
        status=GuardianStatus.PAUSED,
        capabilities=offers("material_aid"),
        districts=("D07",),
    ),
    "gua_5": builders.checked(
        "gua_5",
        status=GuardianStatus.CARING,
        capabilities=offers("material_aid", "household_help", "child_leisure"),
        districts=("D07", "D09"),
        capacity_families=2,
        places=holding("mat_F04"),
    ),
    "gua_8": builders.guardian(
        "gua_8",
        status=GuardianStatus.ASSIGNED,
        region="ZR",
        capabilities=offers("food_aid"),
        districts=("D06",),
    ),
}
ZR = list(REGISTER.values())


@pytest.mark.requirement("S4-36", "S4-53")
def test_candidates_of_f05() -> None:
    family = builders.family("cas_5", "D02", "household_help", excluded_here=("gua_3",))

    found = rank(family, ZR, TODAY)

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


@pytest.mark.requirement("S4-36", "S4-25")
def test_candidates_of_f08() -> None:
    found = rank(builders.family("cas_8", "D12", "animal_care", "repair_work"), ZR, TODAY)

    assert [(c.guardian_id, c.coverage, c.same_district) for c in found.candidates] == [
        ("gua_3", 0.5, True),
        ("gua_1", 0.5, False),
    ]
    assert [c.uncovered for c in found.candidates] == [("repair_work",), ("animal_care",)]


@pytest.mark.requirement("S4-36")
def test_both_needs_come_before_one_and_one_before_none() -> None:
    found = rank(builders.family("cas_1", "D01", "household_help", "repair_work"), ZR, TODAY)

    assert [c.guardian_id for c in found.candidates] == ["gua_1", "gua_3", "gua_5"]


@pytest.mark.requirement("S4-36")
def test_equals_are_ordered_by_load_and_then_by_id() -> None:
    busy = builders.checked("gua_a", capacity_families=3, places=holding("mat_1"))
    idle = [builders.checked(name, capacity_families=2) for name in ("gua_c", "gua_b")]

    found = rank(builders.family("cas_1", "D01", "household_help"), [busy, *idle], TODAY)

    assert [c.guardian_id for c in found.candidates] == ["gua_b", "gua_c", "gua_a"]


@pytest.mark.requirement("S4-26")
def test_a_full_guardian_is_a_candidate_again_with_more_capacity() -> None:
    family = builders.family("cas_1", "D01", "household_help")
    full = builders.checked(status=GuardianStatus.CARING, places=holding("mat_1"))

    assert rank(family, [full], TODAY).unsuitable[0].rule is Rule.NO_FREE_CAPACITY
    raised = full.change_possibilities(full.capabilities, full.districts, 2, Terms())
    assert rank(family, [raised], TODAY).candidates


@pytest.mark.requirement("S4-26")
def test_a_kind_of_help_may_be_limited_to_some_families_and_districts() -> None:
    limited = builders.checked(
        capabilities=offers("food_aid", max_families=1, districts=("D09",)),
        capacity_families=5,
    )
    family = builders.family("cas_1", "D01", "food_aid")
    taken = limited.model_copy(
        update={"places": (Reservation(match_id="mat_1", categories=("food_aid",)),)}
    )

    assert not rank(family, [limited], TODAY).candidates[0].same_district
    assert rank(family, [taken], TODAY).unsuitable[0].rule is Rule.NO_NEEDED_CATEGORY


@given(st.permutations(ZR), st.sets(st.sampled_from(sorted(REGISTER))))
def test_the_list_is_the_same_for_everybody_and_forgets_nobody(
    order: list[Guardian], excluded: set[str]
) -> None:
    family = builders.family(
        "cas_1", "D02", "household_help", excluded_here=tuple(sorted(excluded))
    )

    found = rank(family, order, TODAY)

    assert found == rank(family, ZR, TODAY)
    named = [c.guardian_id for c in found.candidates] + [u.guardian_id for u in found.unsuitable]
    assert sorted(named) == sorted(REGISTER)
    assert not excluded & {c.guardian_id for c in found.candidates}


@pytest.mark.parametrize("rule", Rule)
def test_a_guardian_that_fails_everything_is_told_the_first_rule_left(rule: Rule) -> None:
    """Repair one rule after the other: each time the next one speaks."""
    rules = list(Rule)
    passed = set(rules[: rules.index(rule)])
    family = builders.family("cas_1", "D01", "food_aid", excluded_here=("gua_1",))
    status = GuardianStatus.PAUSED if Rule.PAUSED not in passed else GuardianStatus.ASSIGNED
    guardian = builders.checked(status=status, places=holding("mat_1"))
    if rule is Rule.OTHER_PROGRAMME:
        family = family.model_copy(update={"programme": "other"})
    if Rule.NOT_READY in passed:
        guardian = guardian.model_copy(update={"status": GuardianStatus.READY})
    if Rule.REQUIREMENT_EXPIRED not in passed:
        guardian = guardian.model_copy(update={"checks": ()})
    if Rule.EXCLUDED_BY_CONFLICT in passed:
        family = family.model_copy(update={"excluded_here": ()})
    if Rule.NO_FREE_CAPACITY in passed:
        guardian = guardian.model_copy(update={"places": ()})

    rested = START if Rule.REFUSED_LATELY not in passed else START - REST
    refusal = Refusal(
        guardian_id="gua_1",
        family_id="fam_1",
        by="family",
        reason="other",
        at=rested,
        facts=facts_of(family, guardian),
    )

    found = rank(family, [guardian], TODAY, Refusals([refusal], START))

    assert found.unsuitable[0].rule is rule
