"""What is known of a graduate's cases."""

from datetime import timedelta

import pytest

from services.matching.gifts.domain import MOST_CASES, Graduate, check_day, require_graduate
from shared.errors import IllegalStep, Invalid
from tests.matching.builders import START

GRADUATE = Graduate(family_id="fam_1", region="ZR")


def test_a_family_is_a_graduate_exactly_a_day_after_its_last_case() -> None:
    cases = GRADUATE.closed("cas_1", 1, START).closed("cas_2", 1, START - timedelta(days=3)).cases
    require_graduate(cases, START + timedelta(days=1))

    with pytest.raises(IllegalStep, match="case_closed_today"):
        require_graduate(cases, START + timedelta(hours=23, minutes=59, seconds=59))


@pytest.mark.parametrize("way", [1, -1])
def test_the_day_of_a_gift_is_within_a_year(way: int) -> None:
    today = START.date()
    check_day(today + timedelta(days=366) * way, today)

    with pytest.raises(Invalid, match="gift_day_out_of_reach"):
        check_day(today + timedelta(days=367) * way, today)


def test_of_too_many_cases_the_oldest_closed_ones_are_forgotten_and_never_an_open_one() -> None:
    family = GRADUATE.opened("cas_open")
    for number in range(MOST_CASES + 1):
        family = family.closed(f"cas_{number}", 1, START + timedelta(days=number))

    known = [each.case_id for each in family.cases]
    assert len(known) == MOST_CASES
    assert {"cas_0", "cas_1"}.isdisjoint(known)
    assert {"cas_open", "cas_2", f"cas_{MOST_CASES}"} <= {*known}


def test_what_is_heard_late_of_one_case_changes_neither_it_nor_another() -> None:
    family = GRADUATE.opened("cas_1").closed("cas_1", 9, START).opened("cas_2")

    assert (
        family.reopened("cas_1", 8)
        == family.closed("cas_1", 9, START + timedelta(hours=1))
        == family
    )
    over = family.closed("cas_2", 2, START)
    assert [each.open for each in over.cases] == [False, False]
    assert over.reopened("cas_1", 10).opened("cas_1").cases[-1].open
