"""A device's tokens: renewed once each, revoked by their person, good for cards alone."""

from datetime import timedelta

import pytest

from shared import clock
from shared.errors import Unauthenticated
from shared.identity import people_tokens
from tests.cards.api_client import CONTACT, LEADER, CardsClient


def test_a_refresh_token_is_good_once_and_a_copy_signs_the_device_out(
    client: CardsClient,
) -> None:
    client.issue(contact=CONTACT)
    first = client.sign_in()
    second = client.renew(first)
    assert second.status == 200
    assert second.json["refresh_token"] != first["refresh_token"]

    copied = client.renew(first)

    assert (copied.status, copied.code) == (401, "sign_in_again")
    assert client.renew(second.json).status == 401
    holder = client.recognise(second.json["access_token"])
    assert client.get(holder, "/v1/devices").code == "sign_in_again"
    (audited,) = (
        row for row in client.world.rows("cards-audit")
        if row.get("action", {}).get("S") == "reuse_refresh_token"
    )  # fmt: skip
    assert audited["type"]["S"] == "DEVICE"


def test_a_device_unused_for_thirty_days_is_out(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.issue(contact=CONTACT)
    tokens = client.sign_in()
    now = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: now + timedelta(days=29))
    tokens = client.renew(tokens).json
    monkeypatch.setattr(clock, "wall", lambda: now + timedelta(days=58))
    tokens = client.renew(tokens).json
    for days in (88, 120):  # out, and no more than a row that is gone
        then = now + timedelta(days=days, minutes=1)
        monkeypatch.setattr(clock, "wall", lambda then=then: then)
        assert client.renew(tokens).status == 401


@pytest.mark.parametrize(
    "token", ["x", "rfr_01ARZ3NDEKTSV4RRFFQ69G5FAV.1." + "0" * 64, "rfr_..", "Bearer x"]
)
def test_what_is_no_refresh_token_renews_nothing(client: CardsClient, token: str) -> None:
    assert client.renew({"refresh_token": token}).status == 401


def test_devices_are_listed_and_revoked_by_their_person_alone(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact={**CONTACT, "phone": "+79211234568"})
    first, second = client.sign_in(), client.sign_in()
    me, other = client.recognise(first["access_token"]), client.signed_in("+79211234568")

    listed = client.get(me, "/v1/devices").json["items"]
    assert [(d["id"], d["this_one"]) for d in listed] == [
        (second["device_id"], False), (first["device_id"], True)
    ]  # fmt: skip
    path = f"/v1/devices/{second['device_id']}/revoke"
    assert client.post(other, path).status == 404
    assert client.post(LEADER, path).status == 404
    assert client.get(LEADER, "/v1/devices").status == 403
    client.done(me, path)
    client.done(me, path)
    assert [d["id"] for d in client.get(me, "/v1/devices").json["items"]] == [first["device_id"]]
    assert client.renew(second).status == 401
    assert client.renew(first).status == 200


def test_a_token_of_cards_is_taken_by_no_other_service(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.issue(contact=CONTACT)
    token = client.sign_in()["access_token"]

    with client.world.service("cards"):
        monkeypatch.setenv("PEOPLE_KEYS", '{"intake": "intake-people-key"}')
        with pytest.raises(Unauthenticated) as refused:
            people_tokens.recognise(token)
    assert refused.value.code == "wrong_audience"
