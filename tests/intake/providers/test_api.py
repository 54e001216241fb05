"""The list of organisations that a family can be sent to."""

from datetime import timedelta

import pytest

from shared import clock
from shared.events.intake_aids import ProviderRetired
from tests.intake.api_client import HQ, HQ_Y, OPERATOR, IntakeClient, request, staff
from tests.support.api import Answer
from tests.support.world import at


@pytest.mark.requirement("S2-06")
def test_providers_come_from_four_sectors_and_a_private_person_is_none(
    client: IntakeClient,
) -> None:
    for sector in ("state", "ngo", "business", "media"):
        provider = {"region": "ZR", "name": "П", "sector": sector, "services": ["other"]}
        client.do(HQ, "/providers", provider)

    private = {"region": "ZR", "name": "П", "sector": "private_person", "services": ["other"]}
    assert client.post(HQ, "/providers", private).status == 422
    assert client.post(OPERATOR, "/providers", provider).status == 403
    everywhere = staff("HQ-N", "regional_hq", "*")
    nowhere = client.post(everywhere, "/providers", provider | {"region": "QQ"})
    assert (nowhere.status, nowhere.json["errors"][0]["pointer"]) == (422, "/region")
    media = client.get(OPERATOR, "/providers", sector="media").json["items"]
    assert [provider["sector"] for provider in media] == ["media"]
    assert len(client.get(HQ, "/providers").json["items"]) == 4
    assert all(provider["free"] for provider in client.get(HQ, "/providers").json["items"])
    one = media[0]["id"]
    assert client.get(HQ, f"/providers/{one}").json["name"] == "П"
    assert client.get(HQ_Y, f"/providers/{one}").status == 404


def test_a_provider_is_corrected_and_retires_and_what_it_gave_stays(client: IntakeClient) -> None:
    wrong = {"region": "ZR", "name": "Цетр", "sector": "ngo", "services": ["other"]}
    one = client.do(HQ, "/providers", wrong)["id"]
    path = f"/providers/{one}"
    right = {"name": "Центр", "sector": "state", "services": ["food_aid", "food_aid"]}

    def put() -> Answer:
        etag = client.get(HQ, path).json["version"]
        return client.api(HQ).call("PUT", path, body=right, headers={"If-Match": f'"{etag}"'})

    assert put().status == 200
    assert client.post(OPERATOR, f"{path}/retire").status == 403
    (seen,) = client.get(HQ, "/providers", sector="state").json["items"]
    assert (seen["name"], seen["services"]) == ("Центр", ["food_aid"])
    assert client.get(HQ, "/providers", sector="ngo").json["items"] == []
    client.do(HQ, f"{path}/retire")

    assert client.get(HQ, "/providers").json["items"] == []
    assert client.get(HQ, path).json["retired_at"] is not None
    for refused in (client.post(HQ, f"{path}/retire"), put()):
        assert (refused.status, refused.code) == (409, "provider_retired")
        assert [each["action"] for each in refused.json["next_steps"]] == ["register_provider"]
    case = client.in_review()
    sent = client.post(HQ, f"/cases/{case}/triage", {"decision": "redirect", "provider_id": one})
    assert (sent.status, sent.code) == (422, "provider_retired")
    client.do(HQ, f"/cases/{case}/triage", {"decision": "one_time"})
    aid = {"category": "food_aid", "persons": 4, "legal_basis": "programme", "provider_id": one}
    client.do(HQ, f"/cases/{case}/aids", aid | {"last": True})


def test_headquarters_calls_who_was_sent_to_an_organisation_a_short_while_before_it_retires(
    client: IntakeClient,
) -> None:
    def contact(number: int) -> dict[str, str]:
        return dict(request()["contact"]) | {"phone": f"+7916000005{number}"}

    def sent(provider: str, number: int) -> str:
        case = client.in_review(contact=contact(number))
        decision = {"decision": "redirect", "provider_id": provider}
        client.do(HQ, f"/cases/{case}/triage", decision)
        return case

    centre = {"region": "ZR", "name": "Центр", "sector": "ngo", "services": ["other"]}
    one, other = (str(client.do(HQ, "/providers", centre)["id"]) for _ in range(2))
    sent(one, 0)  # long ago
    client.wait(20)
    first, forgotten, back = (sent(one, number) for number in (1, 2, 3))
    client.wait(9)
    second = sent(one, 4)
    fifth = sent(other, 5)
    sent(one, 6)
    assert client.asked(contact=contact(6))["case_id"]  # it has asked again, and is helped
    erased = {"reason": "person_asked", "evidence": "written"}
    client.do(HQ, f"{client.of_family(forgotten)}/erase", erased)
    client.do(HQ, f"/cases/{back}/reopen", {"reason": "needs_returned", "evidence": "written"})

    client.do(HQ, f"/providers/{one}/retire")
    (retired,) = client.published("ProviderRetired")
    for _ in range(2):
        client.hear(ProviderRetired(region="ZR", provider_id=retired["provider_id"]))

    lost = client.published("ReferralLost")
    assert [(each["case_id"], each["provider_id"]) for each in lost] == [
        (first, one),
        (second, one),
    ]
    for case in (first, second):
        last = client.get(HQ, f"/cases/{case}/history").json["items"][-1]
        assert (last["what"], last["ref"]) == ("referral_lost", one)

    again = {"reason": "needs_returned", "evidence": "written"}
    client.do(HQ, f"/cases/{first}/reopen", again)
    client.do(HQ, f"/cases/{first}/triage", {"decision": "redirect", "provider_id": other})
    client.do(HQ, f"/providers/{other}/retire")
    client.hear(ProviderRetired(region="ZR", provider_id=other))
    assert [each["case_id"] for each in client.published("ReferralLost")][2:] == [fifth, first]


def test_who_was_sent_there_and_no_list_shows_yet_is_called_ten_minutes_later(
    client: IntakeClient,
) -> None:
    centre = {"region": "ZR", "name": "Центр", "sector": "ngo", "services": ["other"]}
    provider, case = client.do(HQ, "/providers", centre)["id"], client.in_review()
    with client.world.dynamodb.lagging_indexes():
        decision = {"decision": "redirect", "provider_id": provider}
        client.do(HQ, f"/cases/{case}/triage", decision)
        client.do(HQ, f"/providers/{provider}/retire")
        assert client.published("ReferralLost") == []
    client.world.advance(clock.now() + timedelta(minutes=12))

    assert [each["case_id"] for each in client.published("ReferralLost")] == [case]


def test_who_was_sent_there_by_a_clock_that_is_in_the_next_month_already_is_called_too(
    client: IntakeClient,
) -> None:
    centre = {"region": "ZR", "name": "Центр", "sector": "ngo", "services": ["other"]}
    provider = str(client.do(HQ, "/providers", centre)["id"])
    case = client.in_review()
    client.world.set_time(at("2026-10-01 04:00:01"))
    client.do(HQ, f"/cases/{case}/triage", {"decision": "redirect", "provider_id": provider})

    retired = ProviderRetired(region="ZR", provider_id=provider)
    client.hear(retired, time=at("2026-10-01 03:59:59"))

    assert [each["case_id"] for each in client.published("ReferralLost")] == [case]
