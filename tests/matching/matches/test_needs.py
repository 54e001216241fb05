"""A family changes what it needs while a guardian is there for it."""

from typing import Any

import pytest

from services.matching.matches.facts import Need
from tests.matching import builders
from tests.matching.api_client import HQ, Office, draft, needs, rep
from tests.matching.builders import START


def test_the_match_follows_the_needs_and_remembers_what_its_guardian_does_not_do() -> None:
    match = builders.match(START, "household_help", uncovered=("repair_work",))
    now = (Need(need_id="ned_2", category="animal_care"),)

    followed = match.follow_needs(now, ("animal_care",)).follow_needs(now, ())

    assert followed.needs == now
    assert followed.uncovered == ("animal_care", "repair_work")


def told(office: Office) -> list[tuple[Any, Any]]:
    """What the guardian of the family was told of."""
    return [(e["categories"], e["uncovered"]) for e in office.told("CareNeedsChanged")]


@pytest.mark.requirement("S4-28")
def test_the_guardian_hears_what_its_family_wants_and_what_it_does_not_do_itself(
    office: Office,
) -> None:
    case = office.waiting("D01", "household_help")
    match = office.active(case, office.ready())

    office.wishes(case, match, "household_help", "repair_work", changed=("repair_work",))
    assert told(office) == [(["repair_work"], [])]
    office.wishes(case, match, "household_help", "animal_care", changed=("animal_care",))
    assert told(office)[1:] == [(["animal_care"], ["animal_care"])]
    office.wishes(case, match, "household_help", "animal_care", "repair_work", changed=())
    assert told(office)[2:] == [([], [])]

    view = office.get(HQ, f"/matches/{match}")
    assert [need["category"] for need in view["needs"]] == [
        "household_help", "animal_care", "repair_work",
    ]  # fmt: skip
    assert view["uncovered"] == ["animal_care"]


@pytest.mark.requirement("S4-28", "X-02")
def test_a_wish_that_is_delivered_three_times_is_told_once(office: Office) -> None:
    case = office.waiting("D01", "household_help")
    match = office.active(case, office.ready())
    office.world.copies = 3

    office.wishes(case, match, "household_help", "animal_care", changed=("animal_care",))

    assert len(told(office)) == 1


def test_what_headquarters_changes_can_be_agreed_on_and_is_told_to_nobody(office: Office) -> None:
    case, guardian = office.waiting("D01", "household_help"), office.ready()
    match = office.introduced(office.proposed(case, guardian))

    office.wishes(case, match, "household_help", "repair_work", changed=(), by_family=False)

    assert told(office) == []
    office.do(rep(guardian), f"/matches/{match}/agreement", draft("ned_1", "ned_2"))


def test_a_need_that_was_met_stays_with_the_match_and_one_crossed_out_goes(
    office: Office,
) -> None:
    case = office.waiting("D01", "household_help", "repair_work")
    match = office.active(case, office.ready())
    first, second = needs("household_help", "repair_work")

    office.changes(
        case,
        match,
        first.model_copy(update={"status": "met"}),
        second.model_copy(update={"status": "dropped"}),
    )

    view = office.get(HQ, f"/matches/{match}")
    assert [need["need_id"] for need in view["needs"]] == ["ned_1"]


def test_a_wish_about_a_match_that_is_over_changes_nothing(office: Office) -> None:
    case = office.waiting("D01", "household_help")
    match = office.proposed(case, office.ready())
    office.do(HQ, f"/matches/{match}/cancellation", {"reason": "mistake"})

    office.wishes(case, match, "household_help", "animal_care", changed=("animal_care",))

    assert told(office) == []
    assert len(office.get(HQ, f"/matches/{match}")["needs"]) == 1
