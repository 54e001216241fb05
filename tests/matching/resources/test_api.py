"""Offers through the API: what is left of them, for whom a part is kept, and who may."""

from datetime import timedelta
from typing import Any

import pytest

from shared import ids
from tests.matching.api_client import HQ, MatchingClient, person, pointer
from tests.matching.volunteers.test_api import VC, VC_Y

CM = person("CM-1", "case_manager", "ZR")
PROVIDER = person("R-1", "provider_rep", "ZR", org="PR-03")
OTHER = person("R-2", "partner_manager", "ZR", org="PT-01")


def kits(client: MatchingClient, who: Any = PROVIDER, **changes: Any) -> str:
    body = {
        "region": "ZR",
        "district_id": "D04",
        "category": "food_aid",
        "quantity": 40,
        "unit": "kit",
        "sector": "business",
    } | changes
    return str(client.do(who, "/resources", body)["id"])


@pytest.mark.requirement("S2-22")
def test_what_is_promised_is_promised_once(client: MatchingClient) -> None:
    offered = kits(client)
    path = f"/resources/{offered}"
    need = {"case_id": ids.new("cas"), "need_id": "ned_1"}

    (told,) = client.told("ResourceOffered")
    assert (told["sector"], told["quantity"], told["district_id"]) == ("business", 40, "D04")
    kept = client.do(CM, f"{path}/reservations", {"quantity": 15} | need)["id"]
    assert client.get(CM, path)["left"] == 25
    assert client.get(CM, path)["next_steps"] == [
        "reserve_resource", "give_resource", "release_resource",
    ]  # fmt: skip
    much = client.post(CM, f"{path}/reservations", {"quantity": 26} | need)
    assert (much.status, much.code) == (409, "not_so_much_left")
    assert "25" in much.json["detail"]

    (found,) = client.get(CM, f"{path}/reservations")["items"]
    assert (found["reservation_id"], found["status"]) == (kept, "reserved")
    assert {name: found[name] for name in need} == need, "who asks later knows for whom it is kept"
    (told,) = client.told("ResourceReserved")
    assert (told["reservation_id"], told["quantity"]) == (kept, 15)
    rest = client.do(VC, f"{path}/reservations", {"quantity": 25})["id"]
    assert client.get(VC, path)["status"] == "reserved"
    assert client.get(CM, "/resources", category="food_aid")["items"] == []
    for more in ({}, {"category": "food_aid"}):
        (found,) = client.get(CM, "/resources", over="true", **more)["items"]
        assert found["resource_id"] == offered, "its last part is still to be given"
    assert client.get(CM, "/resources", over="true", category="goods_aid")["items"] == []
    client.do(CM, f"{path}/reservations/{kept}/giving")
    again = client.post(CM, f"{path}/reservations/{kept}/giving")
    assert (again.status, again.code) == (409, "reservation_is_given")
    client.do(VC, f"{path}/reservations/{rest}/release")
    shown = client.get(CM, path)
    assert (shown["given"], shown["reserved"], shown["left"]) == (15, 0, 25)
    assert [each["quantity"] for each in client.told("ResourceGiven")] == [15]
    parts = client.get(VC, f"{path}/reservations")["items"]
    assert [each["reservation_id"] for each in parts] == [rest, kept], "the latest first"

    # A withdrawn offer keeps its promises.
    last = client.do(CM, f"{path}/reservations", {"quantity": 5})["id"]
    client.do(PROVIDER, f"{path}/withdrawal")
    shown = client.get(VC, path)
    assert (shown["status"], shown["quantity"], shown["left"]) == ("withdrawn", 20, 0)
    assert client.post(CM, f"{path}/reservations", {"quantity": 1}).code == "resource_is_withdrawn"
    client.do(CM, f"{path}/reservations/{last}/giving")
    assert client.get(VC, path)["given"] == 20


def test_what_was_withdrawn_is_not_offered_again_when_a_promise_falls_away(
    client: MatchingClient,
) -> None:
    path = f"/resources/{kits(client)}"
    kept = client.do(CM, f"{path}/reservations", {"quantity": 15})["id"]
    client.do(PROVIDER, f"{path}/withdrawal")
    client.world.advance(client.now() + timedelta(days=8))
    (told,) = client.told("ReservationUnsettled")
    assert (told["reservation_id"], told["quantity"]) == (kept, 15)

    client.do(CM, f"{path}/reservations/{kept}/release")

    shown = client.get(VC, path)
    assert (shown["status"], shown["quantity"], shown["left"]) == ("withdrawn", 0, 0)
    assert client.get(CM, "/resources")["items"] == []


def test_a_part_that_is_given_while_the_sweep_comes_is_not_told_of(client: MatchingClient) -> None:
    path = f"/resources/{kits(client)}"
    kept = client.do(CM, f"{path}/reservations", {"quantity": 15})["id"]

    client.just_before_the_next_commit(
        lambda: client.post(CM, f"{path}/reservations/{kept}/giving")
    )
    client.world.advance(client.now() + timedelta(days=8))

    assert client.get(VC, path)["given"] == 15
    assert client.told("ReservationUnsettled") == []


def test_everybody_sees_their_own_part(client: MatchingClient) -> None:
    offered, other = kits(client), kits(client, OTHER, sector="business", category="goods_aid")
    path = f"/resources/{offered}"

    assert [each["resource_id"] for each in client.get(PROVIDER, "/resources")["items"]] == [
        offered
    ]
    for filtered in ({"region": "ZR"}, {"category": "food_aid"}, {"over": "true"}):
        assert client.api(PROVIDER).get("/resources", query=filtered).status == 422
    assert client.get(PROVIDER, path)["next_steps"] == ["withdraw_resource"]
    for who in (PROVIDER, VC):
        shown, *_ = client.get(who, "/resources")["items"]
        itself = client.get(who, f"/resources/{shown['resource_id']}")
        assert shown["next_steps"] == itself["next_steps"] != []
    assert client.get(CM, path)["next_steps"] == ["reserve_resource"]
    assert {each["resource_id"] for each in client.get(VC, "/resources")["items"]} == {
        offered,
        other,
    }
    assert client.api(OTHER).get(path).status == 404
    assert client.api(VC_Y).get(path).status == 404
    assert client.api(HQ).get(path).status == 404
    assert client.post(PROVIDER, f"{path}/reservations", {"quantity": 1}).status == 403
    assert client.api(PROVIDER).get(f"{path}/reservations").status == 403
    assert client.post(CM, "/resources", {}).status == 422
    mine = {
        "region": "ZR", "category": "food_aid", "quantity": 1, "unit": "kit", "sector": "ngo",
    }  # fmt: skip
    assert client.post(CM, "/resources", mine).status == 403
    assert client.post(PROVIDER, "/resources", mine | {"region": "YY"}).status == 404
    foreign = client.post(PROVIDER, "/resources", mine | {"provider_id": "PR-01"})
    assert pointer(foreign) == "/provider_id"
    for who, provider, reader in ((VC, "PT-01", OTHER), (PROVIDER, "PR-03", PROVIDER)):
        named = client.do(who, "/resources", mine | {"provider_id": provider})["id"]
        assert client.get(reader, f"/resources/{named}")["provider_id"] == provider
    for changes, where in (
        ({"quantity": 0}, "/quantity"),
        ({"unit": "pud"}, "/unit"),
        ({"sector": "private_person"}, "/sector"),
        ({"district_id": "D99"}, "/district_id"),
    ):
        assert pointer(client.post(VC, "/resources", mine | changes)) == where
    mixed = client.post(VC, f"/resources/{other}/reservations", {"quantity": 1}).json["id"]
    assert "give_resource" in client.get(VC, f"/resources/{other}")["next_steps"]
    assert client.post(VC, f"{path}/reservations/{mixed}/giving").status == 404
