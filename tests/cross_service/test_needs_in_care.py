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


def test_the_work_about_help_that_is_missing_stays_until_the_family_needs_it_no_more(
    client: RegionClient,
) -> None:
    case = client.waiting("household_help")
    client.in_care(case, client.ready("household_help", "repair_work"))
    wishes = f"/intake/cases/{case}/corrections"

    def work() -> list[str]:
        items = client.get(HQ, "/notifications/inbox", limit=100)["items"]
        return [item["kind"] for item in items if item["kind"] == "cover_needs"]

    client.as_family(case, wishes, PETS)
    assert work() == ["cover_needs"]
    client.as_family(case, wishes, REPAIR)
    assert work() == ["cover_needs"], "the goats are still there"

    needs = client.get(HQ, f"/intake/cases/{case}")["needs"]
    (goats,) = [each["need_id"] for each in needs if each["category"] == "animal_care"]
    client.as_family(case, wishes, {"drop": [{"need_id": goats, "reason": "found_elsewhere"}]})

    assert work() == []
