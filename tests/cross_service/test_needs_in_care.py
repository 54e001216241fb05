"""A family in care corrects its needs: its guardian hears of it, headquarters when it must act."""

from typing import Any

import pytest

from tests.cross_service.region import EVIDENCE, HQ, Town

PETS = {"add": [{"category": "animal_care", "text": "Две козы"}]}
REPAIR = {"add": [{"category": "repair_work"}]}
TO_GUARDIAN = ("guardian_rep", "Семья изменила свои просьбы")
TO_HQ = ("regional_hq", "Семье нужно то, чего опекун не делает")
WITHOUT_GUARDIAN = ("regional_hq", "Семья изменила свои просьбы")


@pytest.mark.requirement("S4-28")
@pytest.mark.parametrize(("wish", "heard"), [(PETS, [TO_GUARDIAN, TO_HQ]), (REPAIR, [TO_GUARDIAN])])
def test_pets_are_told_to_the_guardian_and_to_headquarters_when_it_does_no_animal_care(
    town: Town, wish: dict[str, Any], heard: list[tuple[str, str]]
) -> None:
    case = town.waiting("household_help")
    match = town.in_care(case, town.ready("household_help", "repair_work"))
    before = len(town.letters)

    town.as_family(case, f"/intake/requests/{case}/corrections", wish)

    assert town.heard(before) == heard
    needs = town.get(HQ, f"/matching/matches/{match}")["needs"]
    assert [need["category"] for need in needs] == [
        "household_help",
        wish["add"][0]["category"],
    ]


@pytest.mark.requirement("S4-28")
def test_without_a_guardian_only_headquarters_is_told(town: Town) -> None:
    case = town.waiting()
    before = len(town.letters)

    town.as_family(case, f"/intake/requests/{case}/corrections", PETS)

    assert town.heard(before) == [WITHOUT_GUARDIAN]


def test_what_headquarters_changes_itself_is_told_to_nobody(town: Town) -> None:
    case = town.waiting()
    town.in_care(case, town.ready())
    before = len(town.letters)

    town.do(HQ, f"/intake/requests/{case}/needs", REPAIR)
    assert town.heard(before) == []
    town.do(HQ, f"/intake/requests/{case}/corrections", PETS | EVIDENCE)
    assert len(town.heard(before)) == 2
