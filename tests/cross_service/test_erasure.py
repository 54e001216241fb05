"""A person who asks for it is forgotten by every service, also long after the case was closed."""

import pytest

from tests.cross_service.region import EVIDENCE, HQ, WORDS, Town, rep


@pytest.mark.requirement("X-13")
def test_what_every_service_keeps_of_a_family_in_words_is_unreadable_after_an_erasure(
    town: Town,
) -> None:
    guardian, case = town.ready(), town.waiting()
    match = town.in_care(case, guardian)
    town.helped(match, note=WORDS)
    path = f"/matching/matches/{match}"
    tale = {"text": WORDS, "consent_ref": "c-1"}
    story = town.do(rep(guardian), f"{path}/stories", tale)["id"]
    town.all_met(case)
    town.do(HQ, f"{path}/ending", {"reason": "all_needs_met", "conflict_note": WORDS})
    link = town.letters_to("family")[-2].text.rpartition("/feedback/")[2].split()[0]
    said = {"score": 5, "needs_met": "yes", "comment": WORDS}
    answer = town.do(None, f"/notifications/feedback/{link}", said)["id"]
    assert town.get(HQ, f"/intake/requests/{case}")["status"] == "closed"
    assert town.get(HQ, f"/notifications/feedback-answers/{answer}")["comment"] == WORDS

    town.at("2027-03-01 12:00")
    town.do(HQ, f"/intake/requests/{case}/erase", {"reason": "person_asked", **EVIDENCE})

    assert town.get(HQ, f"/intake/requests/{case}/contact")["contact"] is None
    assert town.get(HQ, f"{path}/notes")["items"] == []
    assert town.get(HQ, f"/matching/stories/{story}")["text"] is None
    kept = town.get(HQ, f"/notifications/feedback-answers/{answer}")
    assert (kept["comment"], kept["score"]) == (None, 5)
    for service in ("intake", "matching", "notifications"):
        (key,) = [row for row in town.world.rows(f"{service}-keys") if case in row["pk"]["S"]]
        assert "wrapped" not in key


@pytest.mark.requirement("X-13", "X-02")
def test_an_erasure_that_is_delivered_three_times_is_one(town: Town) -> None:
    case = town.registered()
    town.world.copies = 3

    town.do(HQ, f"/intake/requests/{case}/erase", {"reason": "person_asked", **EVIDENCE})

    assert len(town.world.events("intake.FamilyErased")) == 1
    assert town.get(HQ, f"/intake/requests/{case}")["status"] == "closed"
