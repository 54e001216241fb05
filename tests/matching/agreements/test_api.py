"""Care agreements through the API: who signs, through which link."""

import pytest

from tests.matching.api_client import (
    HQ,
    MatchingClient,
    draft,
    pointer,
    rep,
)


@pytest.mark.requirement("S4-24", "S4-12")
def test_no_care_agreement_without_a_participation_agreement(client: MatchingClient) -> None:
    guardian = client.ready(signed=False)
    match = client.introduced(client.proposed(client.waiting(), guardian))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    path = f"/matches/{match}/agreement/signatures"

    refused = client.post(rep(guardian), path, {})
    assert (refused.status, refused.code) == (409, "participation_agreement_missing")
    client.signed(guardian)

    assert client.do(rep(guardian), path, {})["status"] == "introduced"
    paper = {"by": "family", "evidence": "paper"}
    assert client.do(HQ, path, paper)["status"] == "agreed"
    assert client.told("CareAgreementSigned")[0]["need_ids"] == ["ned_1"]


@pytest.mark.requirement("S4-01", "S4-12")
def test_an_agreement_names_the_programme_and_needs_of_the_family(client: MatchingClient) -> None:
    match = client.introduced(client.proposed(client.waiting(), client.ready()))
    path = f"/matches/{match}/agreement"

    assert pointer(client.post(HQ, path, draft("ned_1") | {"programme": "other"})) == "/programme"
    assert pointer(client.post(HQ, path, draft("ned_1", "ned_9"))) == "/need_ids/1"
    client.do(HQ, path, draft("ned_1", "ned_1") | {"programme": "service_member_care"})

    agreement = client.get(HQ, f"/matches/{match}")["agreement"]
    assert agreement["programme"] == "service_member_care"
    assert [need["need_id"] for need in agreement["needs"]] == ["ned_1"]


@pytest.mark.requirement("S4-12")
def test_a_family_signs_through_its_link(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.introduced(client.proposed(client.waiting(), guardian))
    assert client.api(HQ).get(f"/matches/{match}/agreement/link").status == 404
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    link = client.get(HQ, f"/matches/{match}/agreement/link")["link"]
    client.do(rep(guardian), f"/matches/{match}/agreement/signatures", {})

    assert client.do(None, "/signatures", {"link": link})["status"] == "agreed"

    assert client.post(None, "/signatures", {"link": link[:-2] + "xx"}).status == 422
    audit = [r for r in client.world.rows("matching-audit") if r["pk"]["S"] == match]
    assert max(audit, key=lambda row: row["sk"]["S"])["role"]["S"] == "family"


def test_a_link_signs_only_the_text_it_was_given_for(client: MatchingClient) -> None:
    match = client.introduced(client.proposed(client.waiting(), client.ready()))
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))
    link = client.get(HQ, f"/matches/{match}/agreement/link")["link"]
    client.do(HQ, f"/matches/{match}/agreement", draft("ned_1"))

    assert client.post(None, "/signatures", {"link": link}).code == "agreement_changed"
