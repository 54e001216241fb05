"""The marker «требуется опека», from the headquarters that puts it to guardians that are found."""

import pytest

from tests.cross_service.region import HQ, OPERATOR, RegionClient

MARKER = {"long_term_need": True, "reason": "alone_with_children"}


@pytest.mark.requirement("S4-34")
def test_the_marker_is_put_once_and_lifted_and_its_candidates_are_dropped(
    client: RegionClient,
) -> None:
    guardian = client.ready()
    phone = client.phone()
    case = client.registered(phone=phone)
    client.understood(case)
    path = f"/intake/cases/{case}/care-requirement"
    assert client.post(OPERATOR, path, MARKER).status == 403
    assert client.world.events("intake.CareRequired") == []

    for _ in range(2):
        client.do(HQ, path, MARKER)

    (event,) = client.world.events("intake.CareRequired")
    assert (event["data"]["region"], event["data"]["district_id"]) == ("ZR", "D01")
    assert {need["category"] for need in event["data"]["needs"]} == {"household_help"}
    assert not any(secret in str(event) for secret in ("Мария", phone, phone[2:]))
    found = client.get(HQ, f"/matching/families/{case}/candidates")
    assert [each["guardian_id"] for each in found["candidates"]] == [guardian]
    assert [each["case_id"] for each in client.get(HQ, "/matching/families")["items"]] == [case]

    client.do(HQ, f"{path}/lift", {"reason": "family_declined"})

    (lifted,) = client.world.events("intake.CareRequirementLifted")
    assert lifted["data"]["reason"] == "family_declined"
    path = f"/matching/families/{case}/candidates"
    found = client.get(HQ, path, guardian_id=guardian)
    assert (found["candidates"], found["suitable_count"], found["asked"]) == ([], 0, None)
    assert found["required"] is False, "that no one is wanted is not that no one suits"
    assert client.get(HQ, "/matching/families")["items"] == []
    refused = client.post(HQ, "/matching/matches", {"case_id": case, "guardian_id": guardian})
    assert (refused.status, refused.code) == (409, "care_not_required")
