"""What is known of a graduate's cases."""

from datetime import timedelta

from services.matching.gifts.domain import MOST_CASES, Graduate
from tests.matching.builders import START

GRADUATE = Graduate(family_id="fam_1", region="ZR")


def test_of_too_many_cases_the_oldest_closed_ones_are_forgotten_and_never_an_open_one() -> None:
    family = GRADUATE.opened("cas_open")
    for number in range(MOST_CASES + 1):
        family = family.closed(f"cas_{number}", 1, START + timedelta(days=number))

    known = [each.case_id for each in family.cases]
    assert len(known) == MOST_CASES
    assert {"cas_0", "cas_1"}.isdisjoint(known)
    assert {"cas_open", "cas_2", f"cas_{MOST_CASES}"} <= {*known}
