"""Rounds that tests open and commit."""

from typing import Any

from tests.matching.api_client import HQ, MatchingClient


def opened(client: MatchingClient) -> Any:
    """A round that was solved."""
    found = client.do(HQ, "/rounds", {"region": "ZR"})["id"]
    return client.get(HQ, f"/rounds/{found}")


def commit(client: MatchingClient, found: Any, **body: Any) -> dict[str, Any]:
    """The pairs of a committed round, by case."""
    client.do(HQ, f"/rounds/{found['round_id']}/commit", body)
    after = client.get(HQ, f"/rounds/{found['round_id']}")
    assert after["status"] == "done"
    return {pair["case_id"]: pair for pair in after["pairs"]}
