"""Lists of matches: each caller's own, and what a region has of one guardian."""

from typing import Any

import pytest

from tests.matching.api_client import (
    FEDERAL,
    HQ,
    HQ_Y,
    MatchingClient,
    own_token,
    pointer,
    rep,
)


def test_stories_and_matches_of_others_are_in_no_list(client: MatchingClient) -> None:
    here, there = client.ready(), client.ready("YY")
    match = client.proposed(client.waiting(), here)

    assert [m["match_id"] for m in client.get(HQ, "/matches")["items"]] == [match]
    assert [m["match_id"] for m in client.get(rep(here), "/matches")["items"]] == [match]
    assert client.get(HQ_Y, "/matches")["items"] == []
    assert client.get(rep(there), "/matches")["items"] == []


def test_a_headquarters_lists_what_is_open_and_what_has_one_status(client: MatchingClient) -> None:
    guardian = client.ready(capacity_families=4)
    met, proposed, over = (client.proposed(client.waiting(), guardian) for _ in range(3))
    client.introduced(met)
    client.do(HQ, f"/matches/{over}/cancellation", {"reason": "mistake"})

    def listed(**query: str) -> list[str]:
        return [each["match_id"] for each in client.get(HQ, "/matches", **query)["items"]]

    assert sorted(listed()) == sorted([met, proposed])
    assert listed(status="proposed") == [proposed]
    assert listed(status="introduced") == [met]
    assert listed(status="cancelled") == [over]
    assert listed(status="active") == []


def test_a_headquarters_lists_whom_one_guardian_helps_in_its_region(
    client: MatchingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardian, other = client.ready(capacity_families=3), client.ready(capacity_families=3)
    cases = [client.waiting() for _ in range(4)]
    active = client.active(cases[0], guardian)
    proposed = client.proposed(cases[1], guardian)
    over = client.proposed(cases[2], guardian)
    client.do(HQ, f"/matches/{over}/cancellation", {"reason": "mistake"})
    client.proposed(cases[3], other)

    def listed(who: Any = HQ, **query: Any) -> list[str]:
        found = client.get(who, "/matches", guardian_id=guardian, **query)["items"]
        return [each["match_id"] for each in found]

    assert listed() == [active, over, proposed]
    assert listed(status="active") == [active]
    assert listed(status="cancelled") == [over]
    assert listed(HQ_Y) == []
    assert client.api(HQ_Y).get("/matches", query={"region": "ZR"}).status == 404
    for own in (rep(guardian), own_token(cases[0])):
        refused = client.api(own).get("/matches", query={"guardian_id": guardian})
        assert pointer(refused) == "/guardian_id"

    # A guardian that moves keeps its care, which stays a matter of the family's region.
    client.do(rep(guardian), f"/matches/{proposed}/decline", {"reason": "too_far"})
    client.do(FEDERAL, f"/guardians/{guardian}/assignment", {"region": "YY"})
    assert (listed(status="active"), listed(HQ_Y)) == ([active], [])

    read: list[int] = []
    query, batch = client.world.dynamodb.query, client.world.dynamodb.batch_get_item

    def counting(**request: Any) -> Any:
        answer = query(**request)
        read.append(len(answer["Items"]))
        return answer

    def counting_batch(**request: Any) -> Any:
        answer = batch(**request)
        read.append(sum(map(len, answer["Responses"].values())))
        return answer

    monkeypatch.setattr(client.world.dynamodb, "query", counting)
    monkeypatch.setattr(client.world.dynamodb, "batch_get_item", counting_batch)
    page = client.get(HQ, "/matches", guardian_id=guardian, limit=2)
    rest = client.get(HQ, "/matches", guardian_id=guardian, limit=2, cursor=page["next_cursor"])
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    assert read == [2, 2, 1, 1], "its keys and their rows, and nothing of another guardian"
