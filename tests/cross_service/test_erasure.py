"""A person who asks for it is forgotten by every service, also long after the case was closed."""

import pytest

from tests.cross_service.region import EVIDENCE, HQ, WORDS, RegionClient, rep


@pytest.mark.requirement("X-13")
def test_what_every_service_keeps_of_a_family_in_words_is_unreadable_after_an_erasure(
    client: RegionClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.in_care(case, guardian)
    client.helped(match, note=WORDS)
    path = f"/matching/matches/{match}"
    tale = {"text": WORDS}
    story = client.do(rep(guardian), f"{path}/stories", tale)["id"]
    client.all_met(case)
    client.do(HQ, f"{path}/ending", {"reason": "all_needs_met", "conflict_note": WORDS})
    link = client.messages_to("family")[-2].text.rpartition("/forms/")[2].split()[0]
    said = {"score": 5, "needs_met": "yes", "wants_call": True, "comment": WORDS}
    answer = client.do(None, f"/notifications/feedback/{link}", said)["id"]
    assert client.get(HQ, f"/intake/cases/{case}")["status"] == "closed"
    assert client.get(HQ, f"/notifications/feedback-answers/{answer}")["words"] == {
        "comment": WORDS
    }

    client.at("2027-03-01 12:00")
    client.do(
        HQ, f"/intake/families/{client.family(case)}/erase", {"reason": "person_asked", **EVIDENCE}
    )

    assert client.get(HQ, f"/intake/cases/{case}/contact")["contact"] is None
    assert client.get(HQ, f"{path}/notes")["items"] == []
    assert client.get(HQ, f"/matching/stories/{story}")["text"] is None
    kept = client.get(HQ, f"/notifications/feedback-answers/{answer}")
    assert (kept["words"], kept["score"]) == ({}, 5)
    for service in ("intake", "matching", "notifications"):
        rows = client.world.rows(f"{service}-keys")
        (key,) = [row for row in rows if client.family(case) in row["pk"]["S"]]
        assert "wrapped" not in key


@pytest.mark.requirement("X-13", "X-02")
def test_an_erasure_that_is_delivered_three_times_is_one(client: RegionClient) -> None:
    case = client.registered()
    client.world.copies = 3

    client.do(
        HQ, f"/intake/families/{client.family(case)}/erase", {"reason": "person_asked", **EVIDENCE}
    )

    assert len(client.world.events("intake.FamilyErased")) == 1
    assert client.get(HQ, f"/intake/cases/{case}")["status"] == "closed"
