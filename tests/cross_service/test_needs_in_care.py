"""A family in care corrects its needs: its guardian hears of it, headquarters when it must act."""

from typing import Any

import pytest

from tests.cross_service.region import EVIDENCE, HQ, RegionClient

PETS = {"add": [{"category": "animal_care", "text": "Две козы"}]}
REPAIR = {"add": [{"category": "repair_work"}]}
TO_GUARDIAN = ("guardian_rep", "Семья изменила свои просьбы")
TO_HQ = ("regional_hq", "Семье нужно то, чего опекун не делает")
WITHOUT_GUARDIAN = ("regional_hq", "Семья изменила свои просьбы")


@pytest.mark.requirement("S4-28")
@pytest.mark.parametrize(("wish", "heard"), [(PETS, [TO_GUARDIAN, TO_HQ]), (REPAIR, [TO_GUARDIAN])])
def test_pets_are_told_to_the_guardian_and_to_headquarters_when_it_does_no_animal_care(
    client: RegionClient, wish: dict[str, Any], heard: list[tuple[str, str]]
) -> None:
    case = client.waiting("household_help")
    match = client.in_care(case, client.ready("household_help", "repair_work"))
    before = len(client.messages)

    client.as_family(case, f"/intake/cases/{case}/corrections", wish)

    assert client.heard(before) == heard
    needs = client.get(HQ, f"/matching/matches/{match}")["needs"]
    assert [need["category"] for need in needs] == [
        "household_help",
        wish["add"][0]["category"],
    ]


@pytest.mark.requirement("S4-28")
def test_without_a_guardian_only_headquarters_is_told(client: RegionClient) -> None:
    case = client.waiting()
    before = len(client.messages)

    client.as_family(case, f"/intake/cases/{case}/corrections", PETS)

    assert client.heard(before) == [WITHOUT_GUARDIAN]


def test_what_headquarters_changes_itself_is_told_to_nobody(client: RegionClient) -> None:
    case = client.waiting()
    client.in_care(case, client.ready())
    before = len(client.messages)

    client.do(HQ, f"/intake/cases/{case}/needs", REPAIR)
    assert client.heard(before) == []
    client.do(HQ, f"/intake/cases/{case}/corrections", PETS | EVIDENCE)
    assert len(client.heard(before)) == 2
