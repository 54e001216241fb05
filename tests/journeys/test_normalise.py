"""The comparison of two runs forgives chance, and nothing else."""

from collections import Counter

from tests.journeys.normalise import normalise

ONE, TWO, THREE, FOUR = (f"req_01J8000000000000000000000{n}" for n in "ABCD")
GUARDIANS = tuple(f"gua_01J8000000000000000000000{n}" for n in "ABCD")


def run(case: str, other: str, guardian: str, second: str) -> Counter[str]:
    """Two families, each with a guardian, told by three rows each."""
    return normalise(
        [
            f'{{"pk": "CASE#{case}", "district": "D01", "status": "closed"}}',
            f'{{"pk": "MATCH#1", "case": "{case}", "guardian": "{guardian}"}}',
            f'{{"pk": "GUARDIAN#{guardian}", "offers": "repair_work"}}',
            f'{{"pk": "CASE#{other}", "district": "D02", "status": "closed"}}',
            f'{{"pk": "MATCH#2", "case": "{other}", "guardian": "{second}"}}',
            f'{{"pk": "GUARDIAN#{second}", "offers": "food_aid"}}',
        ]
    )


def test_other_ids_in_another_order_are_the_same_story() -> None:
    plain = run(ONE, TWO, GUARDIANS[0], GUARDIANS[1])
    assert plain == run(FOUR, THREE, GUARDIANS[3], GUARDIANS[2])


def test_a_family_with_the_other_ones_guardian_is_another_story() -> None:
    lines = [
        f'{{"pk": "CASE#{ONE}", "district": "D01"}}',
        f'{{"pk": "CASE#{TWO}", "district": "D02"}}',
    ]
    with_first = normalise([*lines, f'{{"pk": "MATCH#1", "case": "{ONE}"}}'])
    with_second = normalise([*lines, f'{{"pk": "MATCH#1", "case": "{TWO}"}}'])

    assert with_first != with_second


def test_a_row_more_or_a_changed_word_is_another_story() -> None:
    line = f'{{"pk": "CASE#{ONE}", "status": "closed"}}'

    assert normalise([line]) != normalise([line, line])
    assert normalise([line]) != normalise([line.replace("closed", "in_care")])
