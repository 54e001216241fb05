"""The list of organisations that a family can be sent to."""

import pytest

from tests.intake.api_client import HQ, HQ_Y, OPERATOR, IntakeClient


@pytest.mark.requirement("S2-06")
def test_providers_come_from_four_sectors_and_a_private_person_is_none(
    client: IntakeClient,
) -> None:
    for sector in ("state", "ngo", "business", "media"):
        provider = {"region": "ZR", "name": "П", "sector": sector, "services": ["other"]}
        client.do(HQ, "/providers", provider)

    private = {"region": "ZR", "name": "П", "sector": "private_person", "services": ["other"]}
    assert client.post(HQ, "/providers", private).status == 422
    media = client.get(OPERATOR, "/providers", sector="media").json["items"]
    assert [provider["sector"] for provider in media] == ["media"]
    assert len(client.get(HQ, "/providers").json["items"]) == 4
    assert all(provider["free"] for provider in client.get(HQ, "/providers").json["items"])
    one = media[0]["id"]
    assert client.get(HQ, f"/providers/{one}").json["name"] == "П"
    assert client.get(HQ_Y, f"/providers/{one}").status == 404
