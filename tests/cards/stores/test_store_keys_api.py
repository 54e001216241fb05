"""Store keys through the API: shown once, two at a time, revoked at once."""

import pytest

from services.cards import till_read_model
from shared.principal import Principal
from tests.cards.api_client import (
    CONTACT,
    LEADER,
    LEADER_D05,
    LEADER_Y,
    MANAGER,
    OTHER_MANAGER,
    CardsClient,
    person,
    seconds,
)
from tests.support.api import Answer
from tests.support.world import at


def test_a_store_key_is_shown_once_and_opens_its_outlet(client: CardsClient) -> None:
    partner, outlet = client.active_partner()
    shown = client.key(partner, outlet).json

    row = client.key_at_the_till(shown["store_key"])
    parts = till_read_model.parse_store_key(shown["store_key"])
    assert parts is not None
    assert row.fits(parts.secret) and row.outlet_id == outlet
    assert row.lives(seconds("2026-10-05 10:00"))
    assert not row.lives(seconds("2027-10-05 10:01"))
    seen = client.get(MANAGER, f"/v1/partners/{partner}/outlets")
    assert len(seen.json["items"][0]["keys"]) == 2
    assert parts.secret not in seen.text
    assert parts.secret not in str(client.world.rows("cards-data"))


def test_the_same_call_repeated_tells_the_same_key(client: CardsClient) -> None:
    partner, outlet = client.ready_partner()
    first = client.key(partner, outlet, key="same")
    again = client.key(partner, outlet, key="same")

    assert first.json == again.json

    client.done(MANAGER, f"/v1/partners/{partner}/keys/{first.json['key_id']}/revoke")
    dead = client.key(partner, outlet, key="same").json
    assert dead == first.json | {"store_key": None}


def test_two_keys_live_during_rotation_and_no_third(client: CardsClient) -> None:
    partner, outlet = client.ready_partner()
    second = client.key(partner, outlet).json
    third = client.key(partner, outlet)
    assert (third.status, third.code) == (409, "two_keys_live")
    (error,) = client.key(partner, "out_01ARZ3NDEKTSV4RRFFQ69G5FAV").json["errors"]
    assert (error["code"], error["pointer"]) == ("unknown_outlet", "/outlet_id")
    assert client.key(partner, outlet, sandbox=True).status == 201

    client.done(MANAGER, f"/v1/partners/{partner}/keys/{second['key_id']}/revoke")

    assert client.key_at_the_till(second["store_key"]).status == "revoked"
    assert client.key(partner, outlet).status == 201


def test_a_key_of_another_partner_is_none_of_this_one(client: CardsClient) -> None:
    partner, _ = client.active_partner()
    other, outlet = client.ready_partner()
    key = client.get(MANAGER, f"/v1/partners/{other}/outlets").json["items"][0]["keys"][0]["id"]

    for step in ("revoke", "replace"):
        assert client.post(MANAGER, f"/v1/partners/{partner}/keys/{key}/{step}").status == 404
    (shop,) = client.get(MANAGER, f"/v1/partners/{other}/outlets").json["items"]
    assert (shop["id"], [each["status"] for each in shop["keys"]]) == (outlet, ["live"])


@pytest.mark.requirement("X-04")
def test_of_two_third_keys_at_once_none_slips_through(client: CardsClient) -> None:
    partner, outlet = client.ready_partner()
    others: list[Answer] = []
    client.just_before_the_next_commit(lambda: others.append(client.key(partner, outlet)))

    mine = client.key(partner, outlet)

    assert sorted([mine.status, others[0].status]) == [201, 409]


OPERATIONS = person("OPS", "operations", region="*")


@pytest.mark.parametrize("who", [LEADER, OPERATIONS, MANAGER], ids=lambda who: str(who.role))
def test_a_key_that_others_know_is_replaced_in_one_call(
    client: CardsClient, who: Principal
) -> None:
    partner, outlet = client.active_partner()
    leaked = client.key(partner, outlet).json

    answer = client.post(who, f"/v1/partners/{partner}/keys/{leaked['key_id']}/replace")

    assert answer.status == 201
    assert client.key_at_the_till(leaked["store_key"]).status == "revoked"
    row = client.key_at_the_till(answer.json["store_key"])
    parts = till_read_model.parse_store_key(answer.json["store_key"])
    assert parts is not None and row.fits(parts.secret) and row.status == "live"
    assert (row.outlet_id, row.outlet_number, row.sandbox) == (outlet, 1, False)
    assert client.key(partner, outlet).code == "two_keys_live"


@pytest.mark.parametrize(
    "who", [LEADER_Y, LEADER_D05, OTHER_MANAGER, person("H", "hotline_operator")]
)
def test_nobody_else_replaces_it(client: CardsClient, who: Principal) -> None:
    partner, outlet = client.active_partner()
    key = client.key(partner, outlet).json

    answer = client.post(who, f"/v1/partners/{partner}/keys/{key['key_id']}/replace")

    assert answer.status == 403
    assert client.key_at_the_till(key["store_key"]).status == "live"


def test_leaders_and_operations_revoke_in_one_call_and_operations_see_no_contact(
    client: CardsClient,
) -> None:
    partner, outlet = client.active_partner()
    for who in (OPERATIONS, LEADER):
        key = client.key(partner, outlet).json

        client.done(who, f"/v1/partners/{partner}/keys/{key['key_id']}/revoke")

        assert client.key_at_the_till(key["store_key"]).status == "revoked"
    assert client.get(OPERATIONS, f"/v1/partners/{partner}/contact").status == 403


def test_a_repeated_call_shows_the_key_that_it_made(client: CardsClient) -> None:
    partner, outlet = client.active_partner()
    path = f"/v1/partners/{partner}/keys/{client.key(partner, outlet).json['key_id']}/replace"

    first, again = (client.post(LEADER, path, "same") for _ in range(2))

    assert first.json == again.json


def test_a_sandbox_key_is_replaced_by_one(client: CardsClient) -> None:
    partner, outlet = client.ready_partner()
    key = client.key(partner, outlet, sandbox=True).json["key_id"]

    answer = client.post(MANAGER, f"/v1/partners/{partner}/keys/{key}/replace")

    assert client.key_at_the_till(answer.json["store_key"]).sandbox


@pytest.mark.parametrize("how", ["outlets/{outlet}/close", "keys/{key}/replace"])
def test_leader_and_partner_learn_a_month_before_that_keys_end(
    client: CardsClient, how: str
) -> None:
    partner, outlet = client.active_partner(contact=CONTACT)
    client.world.advance(at("2026-10-08 10:00"))
    second = client.outlet(partner, "D02")
    key = client.key(partner, second).json["key_id"]

    client.world.advance(at("2027-09-05 09:59"))
    assert client.events("PartnerKeysEnding") == []
    client.world.advance(at("2027-09-05 10:00"))
    (told,) = client.events("PartnerKeysEnding")
    assert (told["last_day"], told["outlets"], told["reachable"]) == ("2027-10-05", 2, True)

    assert client.key(partner, outlet).status == 201
    assert client.events("PartnerKeysRenewed") == []
    averted = client.post(MANAGER, f"/v1/partners/{partner}/{how.format(outlet=second, key=key)}")
    assert averted.status in (200, 201)
    client.world.advance(at("2027-10-20 10:00"))
    assert [len(client.events(f"PartnerKeys{what}")) for what in ("Renewed", "Ending")] == [1, 1]


def test_a_till_whose_ending_key_was_revoked_has_none_until_it_gets_another(
    client: CardsClient,
) -> None:
    partner, outlet = client.active_partner()
    key = client.key(partner, outlet).json["key_id"]
    client.world.advance(at("2027-09-05 10:00"))
    assert len(client.events("PartnerKeysEnding")) == 1
    notice = {"last_day": "2027-10-01", "reason": "partner_left"}
    client.done(MANAGER, f"/v1/partners/{partner}/notice", **notice)
    assert len(client.events("PartnerKeysRenewed")) == 1, "it needs none any more"
    client.done(MANAGER, f"/v1/partners/{partner}/withdraw-notice")
    client.world.advance(at("2027-09-05 10:01"))
    assert len(client.events("PartnerKeysEnding")) == 2
    (shop,) = client.get(MANAGER, f"/v1/partners/{partner}/outlets").json["items"]
    for each in sorted({key, *(one["id"] for one in shop["keys"])}):
        client.done(MANAGER, f"/v1/partners/{partner}/keys/{each}/revoke")
    assert len(client.events("PartnerKeysRenewed")) == 1
    assert client.key(partner, outlet).status == 201
    assert len(client.events("PartnerKeysRenewed")) == 2


def test_the_list_of_a_chain_renews_what_ends_before_any_till_stops(client: CardsClient) -> None:
    partner, shop = client.active_partner()
    assert client.key(partner, shop).status == 201, "two that end together"
    client.world.advance(at("2027-08-20 10:00"))
    assert client.post(MANAGER, f"/v1/partners/{partner}/key-list").code == "every_outlet_has_key"
    client.world.advance(at("2027-09-05 10:00"))
    assert len(client.events("PartnerKeysEnding")) == 1

    client.done(MANAGER, f"/v1/partners/{partner}/key-list")

    assert len(client.events("PartnerKeysRenewed")) == 1
    shown = client.get(MANAGER, f"/v1/partners/{partner}/key-list").json
    assert (shown["status"], shown["keys"]) == ("ready", 1)
    assert client.key(partner, shop).status == 201
    assert client.key(partner, shop).code == "two_keys_live"


def test_what_is_done_about_a_shop_is_refused_by_the_end_of_its_partner_first(
    client: CardsClient,
) -> None:
    partner, outlet = client.active_partner()
    path = f"/v1/partners/{partner}"
    (shop,) = client.get(MANAGER, f"{path}/outlets").json["items"]
    client.done(MANAGER, f"{path}/outlets/{outlet}/close")
    client.done(LEADER, f"{path}/end", reason="other")
    described = ("title", "district_id", "address", "latitude", "longitude", "hours")
    facts = {name: shop[name] for name in described}

    answers = [
        client.put(LEADER, f"{path}/outlets/{outlet}", 3, **facts),
        client.post(LEADER, f"{path}/outlets/{outlet}/close"),
        client.post(LEADER, f"{path}/keys", outlet_id=outlet),
        client.post(LEADER, f"{path}/keys/{shop['keys'][0]['id']}/replace"),
    ]

    assert [each.code for each in answers] == ["partner_ended"] * 4
