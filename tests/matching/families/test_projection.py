"""The projection of families: whatever order the events come in, the same family results."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.matching.families.domain import Family
from services.matching.families.values import FamilyNeed, Profile
from shared.errors import IllegalStep
from tests.matching import builders
from tests.matching.builders import START

FOOD = FamilyNeed(need_id="ned_1", category="food_aid", status="open")
MET = FOOD.model_copy(update={"status": "met"})


def profile(sequence: int) -> Profile:
    return Profile(urgent=sequence % 2 == 0, home_conditions=(f"condition_{sequence}",))


def required(family: Family, sequence: int) -> Family:
    return family.care_required(
        sequence,
        number="10000008",
        district=f"D{sequence:02d}",
        profile=profile(sequence),
        needs=(FOOD,) * (sequence % 2 + 1),
        excluded=(f"gua_{sequence}",),
        flagged_at=START + timedelta(hours=sequence),
    )


APPLY: dict[str, Callable[[Family, int], Family]] = {
    "required": required,
    "details": lambda f, s: f.details_changed(
        s, district=f"D{s:02d}", excluded=(f"gua_{s}",), profile=profile(s)
    ),
    "needs": lambda f, s: f.needs_changed(s, (MET,) * (s % 3)),
    "lifted": lambda f, s: f.requirement_lifted(s, closed=False),
    "closed": lambda f, s: f.requirement_lifted(s, closed=True),
    "back": lambda f, s: f.requirement_back(s),
}


def seen(family: Family) -> tuple[object, ...]:
    """All that anybody acts on; where and since when counts while a guardian is needed."""
    flag = (family.district, family.profile, family.flagged_at) if family.required else None
    return family.required, family.closed, flag, family.needs, family.excluded


@given(st.lists(st.sampled_from(sorted(APPLY)), min_size=1, max_size=5))
@example(["required", "required", "back"])
def test_the_order_of_arrival_does_not_matter(kinds: list[str]) -> None:
    history = list(enumerate(kinds, 1))
    unknown = Family(case_id="cas_1", family_id="fam_1", region="ZR")
    in_order = unknown
    for sequence, kind in history:
        in_order = APPLY[kind](in_order, sequence)

    for order in list(permutations(history))[:24]:
        family = unknown
        for sequence, kind in (*order, *order):
            family = APPLY[kind](family, sequence)
        assert seen(family) == seen(in_order)


def test_a_family_waits_while_it_needs_somebody_and_has_nobody() -> None:
    waiting = builders.family("cas_1", "D01", "food_aid")

    assert waiting.waiting
    assert not waiting.bind("mat_1").waiting
    assert waiting.bind("mat_1").release("mat_1").waiting
    assert not waiting.needs_changed(9, (MET,)).waiting


def test_a_family_has_one_open_match() -> None:
    with pytest.raises(IllegalStep, match="family_has_open_match"):
        builders.family("cas_1", "D01", "food_aid").bind("mat_1").bind("mat_2")


def test_nobody_is_proposed_to_a_family_that_did_not_ask() -> None:
    family = builders.family("cas_1", "D01", "food_aid", required=False)

    with pytest.raises(IllegalStep, match="care_not_required"):
        family.bind("mat_1")


def test_who_failed_in_another_case_is_left_out_beside_those_that_intake_names() -> None:
    family = builders.family("cas_1", "D01", "food_aid", excluded_here=("gua_2",))

    assert required(family.leaving_out(["gua_3"]), 7).excluded == ("gua_2", "gua_3", "gua_7")


def test_an_older_match_does_not_free_a_newer_one() -> None:
    assert builders.family("cas_1", "D01", "food_aid").bind("mat_2").release("mat_1").match_id


def test_who_is_let_in_again_may_be_proposed_whoever_had_excluded_it() -> None:
    family = required(builders.family("cas_1", "D01", excluded_here=("gua_3",)), 7)

    assert family.letting_in(("gua_7",)).excluded == ("gua_3",)
    assert family.letting_in(("gua_3",)).excluded == ("gua_7",)


def test_a_case_that_is_in_care_again_is_closed_no_more_unless_a_later_closing_is_known() -> None:
    closed = required(builders.family("cas_1", "D01"), 1).requirement_lifted(3, closed=True)

    back = closed.requirement_back(4)

    assert (back.required, back.closed) == (True, False)
    assert closed.requirement_back(2) == closed
