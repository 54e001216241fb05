"""Requests of other systems, by the numbers that they have there."""

from dataclasses import replace

import pytest

from tests.intake.api_client import BOT, HQ, HQ_Y, IntakeClient, request


@pytest.mark.requirement("S4-49")
def test_a_request_with_an_outside_number_is_imported_once(client: IntakeClient) -> None:
    outside = {"system": "onf", "id": "A-17"}
    no_contact = {"contact": None, "external_ref": outside}

    first = client.asked(**no_contact)
    again = client.do(HQ, "/requests", request(**no_contact))

    assert (again["id"], again["number"]) == (first["id"], first["number"])
    assert (again["code"], again["case_id"]) == (first["code"], first["case_id"])
    assert (first["existing"], again["existing"]) == (False, True)
    words = client.get(HQ, f"/requests/{first['id']}/words").json
    assert words["external_ref"] == outside
    assert "A-17" not in str(client.world.rows("intake-data"))
    assert len(client.get(HQ, "/cases", status="received").json["items"]) == 1
    # That system knows the family, which wished no more to be unknown than who leaves a phone.
    assert not client.get(HQ, f"/families/{first['family_id']}").json["anonymous"]
    # The other system is never asked: without a number of it everything goes on the same.
    assert client.do(BOT, "/requests", request(contact=None))["id"] != first["id"]


@pytest.mark.requirement("X-05")
def test_a_system_that_repeats_the_number_of_another_gets_no_code_to_follow_it_by(
    client: IntakeClient,
) -> None:
    outside = request(external_ref={"system": "onf_help", "id": "А-17/2026 № 3"})
    first = client.do(BOT, "/requests", outside)

    assert client.do(BOT, "/requests", outside)["code"] == first["code"]
    assert client.do(HQ, "/requests", outside)["id"] == first["id"]
    other = client.post(replace(BOT, id="bot-2"), "/requests", outside)
    assert (other.status, other.code) == (409, "outside_number_taken")
    assert first["number"] not in other.text


def test_the_same_outside_number_in_another_region_is_another_request(
    client: IntakeClient,
) -> None:
    outside = {"external_ref": {"system": "onf", "id": "A-17"}, "contact": None}
    first = client.asked(**outside)

    second = client.do(HQ_Y, "/requests", request(region="YY", **outside))

    assert second["id"] != first["id"]
    assert not second["existing"]
    assert client.get(HQ_Y, f"/cases/{second['case_id']}").status == 200
