"""Calls to families through the API."""

from datetime import timedelta

from tests.matching.api_client import HQ, WORDS, MatchingClient, pointer, rep


def test_a_call_needs_its_result_and_is_the_headquarters_s(client: MatchingClient) -> None:
    guardian = client.ready()
    match = client.active(client.waiting(), guardian)
    client.world.advance(client.now() + timedelta(days=14, hours=12))
    path = f"/matches/{match}/calls"

    assert pointer(client.post(HQ, path, {"kind": "two_weeks"})) == "/result"
    call = {"kind": "two_weeks", "result": "problem", "note": WORDS}
    assert client.post(rep(guardian), path, call).status == 403
    client.do(HQ, path, call)

    again = client.post(HQ, path, {"kind": "two_weeks", "result": "fine"})
    assert (again.status, again.code) == (409, "call_already_settled")
    assert "исправьте" in again.json["detail"], "who wrote it down wrongly has something to do"
    assert client.told("FollowUpDone")[0]["result"] == "problem"
    assert client.get(HQ, f"/matches/{match}/notes")["items"][0]["note"] == WORDS
    assert client.api(rep(guardian)).get(f"/matches/{match}/notes").status == 403
    assert client.get(rep(guardian), f"/matches/{match}")["follow_ups"] == []
    client.world.advance(client.now() + timedelta(days=30))
    client.do(HQ, path, {"kind": "one_month", "result": "fine"})
    assert [each["on_time"] for each in client.told("FollowUpDone")] == [True, False]
