"""The programme of a region through the API."""

from datetime import UTC, datetime
from typing import Any

from shared.principal import Principal
from shared.reference import regions
from tests.cards.api_client import (
    AUTHORITY,
    LEADER,
    LEADER_Y,
    OFFICE,
    CardsClient,
)
from tests.support.api import Answer


def test_without_a_programme_in_the_region_no_card_is_issued(client: CardsClient) -> None:
    body = {"region": "YY", "district_id": "D01", "holder_ref": "FP-9", "placement_current": True}
    a_table = {"region": "YY", "kind": "holders"}
    for path, said in (("/v1/cards", body), ("/v1/batches", a_table)):
        refused = client.post(LEADER_Y, path, **said)
        assert (refused.status, refused.code) == (409, "no_programme")
        assert refused.json["next_steps"][0]["action"] == "start_programme"
    assert client.post(LEADER_Y, "/v1/batches", **a_table | {"kind": "shops"}).status == 201


def test_with_a_programme_of_both_parties_cards_are_issued(client: CardsClient) -> None:
    terms = {"region": "YY", "club_id": "C-Y", "authority_id": "RA-Y", "started_on": "2026-10-01"}
    assert client.post(LEADER_Y, "/v1/programmes", **terms).status == 201

    body = {"region": "YY", "district_id": "D01", "holder_ref": "FP-9", "placement_current": True}
    assert client.post(LEADER_Y, "/v1/cards", **body).status == 201


def test_a_region_has_one_programme_run_by_two_parties(client: CardsClient) -> None:
    terms = {"region": "ZR", "club_id": "C-00", "authority_id": "RA", "started_on": "2026-09-01"}

    assert client.post(AUTHORITY, "/v1/programmes", **terms).code == "programme_exists"
    alone = client.post(LEADER_Y, "/v1/programmes", **(terms | {"region": "YY", "club_id": "RA"}))
    assert (alone.status, alone.code) == (422, "two_parties_needed")
    assert client.get(AUTHORITY, "/v1/programmes/ZR").json["club_id"] == "C-00"
    assert client.get(LEADER_Y, "/v1/programmes/ZR").status == 404
    client.done(AUTHORITY, "/v1/programmes/ZR/close")
    again = client.post(AUTHORITY, "/v1/programmes", **terms)
    assert (again.code, again.json["next_steps"][0]["action"]) == (
        "programme_closed", "reopen_programme",
    )  # fmt: skip
    body = {"region": "ZR", "district_id": "D02", "holder_ref": "FP-1", "placement_current": True}
    assert client.post(LEADER, "/v1/cards", **body).code == "programme_closed"
    assert client.post(LEADER_Y, "/v1/programmes/ZR/reopen").status == 404
    client.done(AUTHORITY, "/v1/programmes/ZR/reopen")
    assert client.post(LEADER, "/v1/cards", **body).status == 201
    assert client.post(AUTHORITY, "/v1/programmes/ZR/reopen").code == "programme_running"


def test_only_the_parties_of_a_region_start_its_programme_and_end_it_once(
    client: CardsClient,
) -> None:
    terms = {"region": "YY", "club_id": "C-Y", "authority_id": "RA-Y", "started_on": "2026-10-01"}

    assert client.post(LEADER, "/v1/programmes", **terms).status in (403, 404)
    assert client.post(OFFICE, "/v1/programmes", **terms | {"region": "ZR"}).status in (403, 404)
    assert client.get(LEADER_Y, "/v1/programmes/YY").status == 404
    client.done(AUTHORITY, "/v1/programmes/ZR/close")
    again = client.post(AUTHORITY, "/v1/programmes/ZR/close")
    assert (again.status, again.code) == (409, "programme_closed")


def test_a_programme_starts_today_by_the_clocks_of_its_region_at_the_latest(
    client: CardsClient,
) -> None:
    terms = {"region": "YY", "club_id": "C-Y", "authority_id": "RA-Y"}
    with client.world.service("cards"):
        zone = regions.zone("YY")
    client.world.set_time(datetime(2026, 10, 5, 0, 30, tzinfo=zone).astimezone(UTC))

    refused = client.post(LEADER_Y, "/v1/programmes", **terms, started_on="2026-10-06")
    assert (refused.status, refused.code) == (422, "date_in_future")
    assert client.post(LEADER_Y, "/v1/programmes", **terms, started_on="2026-10-05").status == 201


def test_a_party_that_was_renamed_or_mistyped_is_corrected(client: CardsClient) -> None:
    at = "/v1/programmes/ZR"
    terms = {"club_id": "C-01", "authority_id": "MIN", "started_on": "2026-09-02", "grace_days": 10}

    def put(who: Principal, version: int = 1, **changed: Any) -> Answer:
        return client.put(who, at, version, **terms | changed)

    assert put(OFFICE).status == 403
    assert put(LEADER_Y).status == 404
    assert put(AUTHORITY, club_id="MIN").code == "two_parties_needed"
    assert put(AUTHORITY, started_on="2026-10-06").code == "date_in_future"
    assert put(AUTHORITY, version=2).status == 412
    assert put(AUTHORITY).status == 200
    seen = client.get(LEADER, at).json
    assert {name: seen[name] for name in terms} == terms
    assert (seen["status"], seen["version"]) == ("running", 2)


def test_days_of_grace_that_were_changed_go_for_placements_reported_later(
    client: CardsClient,
) -> None:
    terms = {"club_id": "C-00", "authority_id": "RA", "started_on": "2026-09-01"}

    def last_day(ref: str) -> str:
        card = client.issue(ref)["id"]
        ended = {"region": "ZR", "holder_ref": ref, "district_id": "D02", "ended_on": "2026-10-01"}
        client.done(OFFICE, "/v1/placement-ends", **ended)
        return str(client.get(LEADER, f"/v1/cards/{card}").json["closes_on"])

    before = last_day("FP-1")
    longer = terms | {"grace_days": 60}
    assert client.put(AUTHORITY, "/v1/programmes/ZR", 1, **longer).status == 200

    assert (before, last_day("FP-2")) == ("2026-10-31", "2026-11-30")
