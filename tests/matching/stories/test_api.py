"""Stories through the API: who reads them, and how they are listed."""

from datetime import timedelta
from typing import Any

import pytest

from services.matching.stories import reactions
from shared import ids
from tests.matching.api_client import (
    FEDERAL,
    HQ,
    MatchingClient,
    pointer,
    rep,
)


def test_a_story_is_published_with_the_family_s_consent_only(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    text = {"text": "Вместе покрасили забор"}
    stolen = text | {"media": [ids.new("med")]}
    forged = text | {"consent_ref": "C-1"}
    for body, where in ((stolen, "/media/0"), (forged, "/consent_ref")):
        assert pointer(client.post(rep(guardian), f"/matches/{match}/stories", body)) == where
    story = client.do(rep(guardian), f"/matches/{match}/stories", text)["id"]

    assert client.get(FEDERAL, f"/stories/{story}")["text"] is None
    refused = client.post(FEDERAL, f"/stories/{story}/clearance")
    assert (refused.status, refused.code) == (409, "story_without_consent")
    client.do(HQ, f"/stories/{story}/consent", {"consent_ref": "C-1"})
    assert client.get(FEDERAL, f"/stories/{story}")["text"] == "Вместе покрасили забор"
    assert [each["story_id"] for each in client.told("StoryConsentRecorded")] == [story]
    client.do(FEDERAL, f"/stories/{story}/clearance")

    assert len(client.told("StoryCleared")) == 1
    assert client.api(rep(client.ready("YY"))).get(f"/stories/{story}").status == 404
    own = client.get(rep(guardian), "/stories")["items"]
    assert [item["story_id"] for item in own] == [story]
    region = client.get(FEDERAL, "/stories", region="ZR")["items"]
    assert [(item["story_id"], item["text"]) for item in region] == [(story, None)]
    client.do(HQ, f"/stories/{story}/takedown", {"reason": "too_personal"})
    (told,) = client.told("StoryTakenDown")
    assert (told["reason"], told["by"]) == ("too_personal", "regional_hq")


def test_stories_are_listed_by_what_was_decided_about_them(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    made = []
    for day in (14, 15, 16):
        client.at(f"2026-09-{day} 12:00")
        path = f"/matches/{match}/stories"
        told = {"text": "Рады помогать"}
        made.append(client.do(rep(guardian), path, told)["id"])
    client.do(HQ, f"/stories/{made[0]}/consent", {"consent_ref": "C-1"})
    client.do(FEDERAL, f"/stories/{made[0]}/clearance")

    def listed(who: Any, **query: Any) -> list[str]:
        return [item["story_id"] for item in client.get(who, "/stories", **query)["items"]]

    for who in (rep(guardian), HQ):
        assert listed(who, status="submitted") == [made[2], made[1]]
        assert listed(who, status="cleared") == [made[0]]
        assert listed(who, status="declined") == []
        assert listed(who) == [made[2], made[1], made[0]]
    assert [each["story_id"] for each in client.told("StorySubmitted")] == made
    first = client.get(HQ, "/stories", status="submitted", limit=1)
    rest = client.get(HQ, "/stories", status="submitted", limit=1, cursor=first["next_cursor"])
    assert [item["story_id"] for item in rest["items"]] == [made[1]]
    client.do(FEDERAL, f"/stories/{made[2]}/decline", {"reason": "too_personal"})
    declined = [(each["story_id"], each["reason"]) for each in client.told("StoryDeclined")]
    assert declined == [(made[2], "too_personal")]
    assert client.get(HQ, f"/stories/{made[2]}")["decision_reason"] == "too_personal"


def test_the_stories_of_a_family_that_is_forgotten_come_down(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reactions, "STORIES_OF_STEP", 2)
    guardian, case = client.ready(), client.waiting()
    match, family = client.active(case, guardian), client.as_family(case)
    told = [{"text": f"Рады помогать {number}"} for number in range(4)]
    made = [client.do(rep(guardian), f"/matches/{match}/stories", each)["id"] for each in told]
    for story in made[:3]:
        assert family.post(f"/stories/{story}/consent", {}, key=story).status == 200
    client.do(FEDERAL, f"/stories/{made[0]}/clearance")
    client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
    client.closed(case)

    client.erased(case)

    published = client.get(FEDERAL, "/stories", region="ZR", status="cleared")["items"]
    assert published == []
    shown = [client.get(HQ, f"/stories/{story}") for story in made]
    assert [each["status"] for each in shown] == ["taken_down", *3 * ["declined"]]
    assert [each["consent"] for each in shown] == 4 * [None]
    withdrawn = {each["story_id"]: each["hidden"] for each in client.told("StoryConsentWithdrawn")}
    assert withdrawn == {story: story == made[0] for story in made[:3]}
    declined = [(each["story_id"], each["reason"]) for each in client.told("StoryDeclined")]
    assert sorted(declined) == sorted((story, "family_asked") for story in made[1:])
    refused = client.post(FEDERAL, f"/stories/{made[1]}/clearance")
    assert (refused.status, refused.code) == (409, "story_is_declined")


def test_a_story_that_no_index_shows_yet_comes_down_ten_minutes_later(
    client: MatchingClient,
) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.active(case, guardian)
    with client.world.dynamodb.lagging_indexes():
        told = {"text": "Рады помогать"}
        story = client.do(rep(guardian), f"/matches/{match}/stories", told)["id"]
        client.do(HQ, f"/matches/{match}/ending", {"reason": "needs_cannot_be_met"})
        client.closed(case)
        client.erased(case)
    client.world.advance(client.now() + timedelta(minutes=12))

    assert client.get(HQ, f"/stories/{story}")["status"] == "declined"


def test_a_paper_speaks_for_one_family_and_not_after_it_was_taken_back(
    client: MatchingClient,
) -> None:
    guardian = client.ready()
    matches = [client.active(client.waiting(), guardian) for _ in range(2)]
    first, second, other = (
        client.do(rep(guardian), f"/matches/{match}/stories", {"text": "Рады помогать"})["id"]
        for match in (matches[0], *matches)
    )

    def said(story: str, ref: str, step: str = "consent") -> Any:
        answer = client.post(HQ, f"/stories/{story}/{step}", {"consent_ref": ref})
        return answer.status if answer.status == 200 else answer.json["errors"][0]["code"]

    assert (said(first, "C-1"), said(second, "C-1")) == (200, 200)
    assert said(other, "C-1") == "paper_of_another_family"
    assert said(first, "C-2", "consent/withdrawal") == 200
    for gone in ("C-1", "C-2"):
        assert said(first, gone) == "consent_taken_back"
    assert (said(second, "C-1"), said(first, "C-3")) == (200, 200)


@pytest.mark.requirement("S4-32")
def test_a_family_gives_its_consent_itself_and_takes_it_back(client: MatchingClient) -> None:
    guardian, case = client.ready(), client.waiting()
    match = client.active(case, guardian)
    path = f"/matches/{match}/stories"
    story = client.do(rep(guardian), path, {"text": "Рады помогать"})["id"]
    family, consent = client.as_family(case), f"/stories/{story}/consent"
    assert pointer(client.post(HQ, consent, {})) == "/consent_ref"
    assert pointer(client.post(HQ, f"{consent}/withdrawal", {})) == "/consent_ref"
    assert client.post(rep(guardian), consent, {}).status == 403
    assert client.as_family(client.waiting()).get(f"/stories/{story}").status == 404

    client.do(rep(guardian), path, {"text": "Ещё без согласия"})
    assert family.get(f"/stories/{story}").json["next_steps"] == ["record_story_consent"]
    assert client.get(FEDERAL, f"/stories/{story}")["next_steps"] == ["decline_story"]
    for path in (consent, f"{consent}/withdrawal"):
        named = family.post(path, {"consent_ref": "C-7"}, key="C-7")
        assert (named.status, pointer(named)) == (422, "/consent_ref"), "a family needs no paper"
    assert family.post(consent, {}, key="yes").status == 200
    assert client.get(FEDERAL, f"/stories/{story}")["next_steps"] == [
        "clear_story",
        "decline_story",
    ]
    own = family.get("/stories", query={"region": "ZR"}).json["items"]
    assert {tuple(each["next_steps"]) for each in own} == {
        ("record_story_consent", "withdraw_story_consent"),
        ("record_story_consent",),
    }
    assert client.get(rep(guardian), f"/stories/{story}")["next_steps"] == []
    published = {"region": "ZR", "status": "cleared"}
    assert client.get(FEDERAL, "/stories", **published)["items"] == []
    client.do(FEDERAL, f"/stories/{story}/clearance")
    (only,) = client.get(FEDERAL, "/stories", **published)["items"]
    assert only["story_id"] == story
    assert family.post(f"{consent}/withdrawal", {}, key="no").status == 200
    assert client.get(FEDERAL, "/stories", **published)["items"] == []

    client.world.settle()
    own = family.get("/stories", query={"region": "ZR"}).json["items"]
    shown = next(each for each in own if each["story_id"] == story)
    assert (shown["status"], shown["decision_reason"]) == ("taken_down", "family_asked")
    assert [each["hidden"] for each in client.told("StoryConsentWithdrawn")] == [True]
    assert client.get(FEDERAL, f"/stories/{story}")["text"] is None
