"""What is known of a graduate's cases and records, in whichever order it is heard."""

from datetime import timedelta
from itertools import permutations

from services.matching.gifts.domain import MOST_CASES, Graduate
from services.matching.gifts.values import KnownPart
from tests.matching.builders import START

GRADUATE = Graduate(family_id="fam_1", region="ZR")


def test_the_last_merge_or_separation_counts_in_every_order() -> None:
    said = [
        KnownPart(family_id="fam_2", merged=merged, at=START + timedelta(hours=hour))
        for hour, merged in enumerate((True, False, True, False))
    ]
    for size, together in ((3, ("fam_2",)), (4, ())):
        for heard in permutations(said[:size]):
            family = GRADUATE
            for part in (*heard, *heard):
                family = family.joined_by(part)
            assert family.merged_records == together


def test_of_too_many_cases_the_oldest_closed_ones_are_forgotten_and_never_an_open_one() -> None:
    family = GRADUATE.opened("cas_open")
    for number in range(MOST_CASES + 1):
        family = family.closed(f"cas_{number}", 1, START + timedelta(days=number))

    known = [each.case_id for each in family.cases]
    assert len(known) == MOST_CASES
    assert {"cas_0", "cas_1"}.isdisjoint(known)
    assert {"cas_open", "cas_2", f"cas_{MOST_CASES}"} <= {*known}
