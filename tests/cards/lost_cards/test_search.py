"""Card and phone are lost: the hotline or a leader of the region finds the card and blocks it."""

from datetime import timedelta
from typing import Any

import pytest

from services.cards.holders import repository
from services.cards.lost_cards import queries
from shared import clock
from tests.cards.api_client import (
    AUTHORITY,
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_D05,
    LEADER_Y,
    OFFICE,
    PHONE,
    CardsClient,
    person,
)
from tests.cards.offices import OFFICE_3, PHONE_2, decide, issue
from tests.support.api import Answer
from tests.support.dynamodb_expressions import Item

OPERATOR = person("OP-1", "hotline_operator")
OPERATOR_Y = person("OP-Y", "hotline_operator", region="YY")
NONE = {"found": False, "id": None, "status": None, "district_id": None, "last4": None}


def search(client: CardsClient, who: Any = OPERATOR, **signs: Any) -> Answer:
    return client.post(who, "/v1/lost-cards/search", **signs)


def searches(client: CardsClient) -> list[Item]:
    """What the audit has of searches."""
    rows = client.world.rows("cards-audit")
    return [row for row in rows if row.get("action", {}).get("S") == "find_lost_card"]


@pytest.fixture
def card(client: CardsClient) -> dict[str, Any]:
    """The card that is lost, with the phone."""
    card = client.issue("ЛД 101", contact=CONTACT)
    client.active_card_of(card)
    return card


@pytest.mark.parametrize(
    "named", [("holder_ref", "phone"), ("holder_ref", "last4"), ("phone", "last4"),
              ("holder_ref", "phone", "last4")],
)  # fmt: skip
@pytest.mark.parametrize("who", [OPERATOR, LEADER, LEADER_D05], ids=lambda who: who.id)
def test_two_signs_find_the_card_and_it_is_blocked(
    client: CardsClient, card: dict[str, Any], who: Any, named: tuple[str, ...]
) -> None:
    signs = {
        "holder_ref": "лд101",
        "phone": "8 (921) 123 45 67",
        "last4": f" {card['number'][-4:]} ",
    }

    found = search(client, who, **{name: signs[name] for name in named})

    assert found.status == 200
    assert found.json == {
        "found": True, "id": card["id"], "status": "active", "district_id": "D02",
        "last4": card["number"][-4:],
    }  # fmt: skip
    client.done(who, f"/v1/cards/{found.json['id']}/block", reason="stolen")
    (told,) = client.events("CardBlocked")
    assert (told["unreachable"], told["by_hotline"]) == (True, who == OPERATOR)
    assert client.at_the_till(card["number"]).status == "blocked"
    assert search(client, who, **signs).json["status"] == "blocked"


def test_the_number_of_a_file_finds_one_of_the_many_who_share_an_offices_phone(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (repository, queries):
        monkeypatch.setattr(module, "MOST", 2)
    shared = [issue(client, str(number), "D02", PHONE).json for number in range(1, 5)]

    found = [search(client, holder_ref=str(n), phone=PHONE).json["id"] for n in range(1, 5)]
    by_digits = [search(client, phone=PHONE, last4=card["number"][-4:]) for card in shared]

    assert found == [card["id"] for card in shared]
    # Of the many not all are looked at: who is not found is asked for the number.
    wrong = [each.json["errors"][0] for each in by_digits if each.status == 422]
    assert {(each["code"], each["pointer"]) for each in wrong} == {("phone_of_many", "/holder_ref")}
    assert {each.json["found"] for each in by_digits if each.status == 200} == {True}
    assert search(client, holder_ref="9", phone=PHONE).json == NONE
    issue(client, "5", "D02")  # without any phone
    assert search(client, holder_ref="5", phone=PHONE).json == NONE
    assert len(searches(client)) == 10


@pytest.mark.parametrize("sign", ["holder_ref", "phone", "last4"])
def test_signs_that_do_not_fit_together_find_nothing_in_the_same_form(
    client: CardsClient, card: dict[str, Any], sign: str
) -> None:
    other = issue(client, "55", "D03", PHONE_2).json
    signs = {"holder_ref": "ЛД101", "phone": PHONE, "last4": card["number"][-4:]}
    last4 = other["number"][-4:]
    assert last4 != signs["last4"]
    wrong = {"holder_ref": "55", "phone": PHONE_2, "last4": last4}

    answer = search(client, **(signs | {sign: wrong[sign]}))

    assert (answer.status, answer.json) == (200, NONE)
    assert answer.json.keys() == search(client, **signs).json.keys()
    unknown = search(client, holder_ref="9", phone="+79990000000")
    assert (unknown.status, unknown.json) == (200, NONE)
    assert unknown.headers == answer.headers


def test_one_sign_is_too_little_and_is_no_search(client: CardsClient) -> None:
    for signs in ({}, {"phone": PHONE}, {"last4": "1234"}, {"holder_ref": "1"}):
        refused = search(client, **signs)
        assert (refused.status, refused.code) == (422, "two_signs_needed")
        missing = "/phone" if "last4" in signs else "/last4"
        assert [each["pointer"] for each in refused.json["errors"]] == [missing]
    assert search(client, phone=PHONE, last4="12").status == 422
    assert searches(client) == []


def test_a_phone_of_another_region_finds_no_card_of_the_same_number_here(
    client: CardsClient, card: dict[str, Any]
) -> None:
    """Each region counts its files by itself: the same number is another person's."""
    parties = {"region": "YY", "club_id": "C-Y", "authority_id": "RA-Y"}
    client.post(LEADER_Y, "/v1/programmes", **parties, started_on="2026-10-01")
    there = {"region": "YY", "district_id": "D01", "placement_current": True}
    theirs = CONTACT | {"phone": PHONE_2}
    made = client.post(LEADER_Y, "/v1/cards", holder_ref="ЛД 101", contact=theirs, **there)
    assert made.status == 201, made.text
    signs = {"holder_ref": "ЛД101", "phone": PHONE_2}

    assert search(client, **signs).json == NONE
    assert search(client, phone=PHONE_2, last4=card["number"][-4:]).json == NONE
    assert search(client, OPERATOR_Y, **signs).json["id"] == made.json["id"]


def test_only_the_hotline_and_leaders_search_and_in_their_regions_only(
    client: CardsClient, card: dict[str, Any]
) -> None:
    signs = {"holder_ref": "ЛД101", "phone": PHONE}
    for who in (HOLDER, OFFICE, AUTHORITY, person("HQ", "regional_hq"), client.signed_in()):
        assert search(client, who, **signs).status in (403, 422)
        assert search(client, who, region="ZR", **signs).status in (403, 404)
    for who in (OPERATOR_Y, LEADER_Y):
        assert search(client, who, **signs).json == NONE
        assert search(client, who, region="ZR", **signs).status == 404
        assert client.post(who, f"/v1/cards/{card['id']}/block", reason="lost").status == 404
    everywhere = person("OP-2", "hotline_operator", region="*")
    missing = search(client, everywhere, **signs)
    assert missing.code == "region_required"
    assert missing.json["errors"][0]["pointer"] == "/region"
    assert search(client, everywhere, region="ZR", **signs).json["id"] == card["id"]


def test_the_hotline_finds_and_blocks_and_sees_nothing_else(
    client: CardsClient, card: dict[str, Any]
) -> None:
    path = f"/v1/cards/{card['id']}"
    for seen in ("", "/page", "/contact"):
        assert client.get(OPERATOR, path + seen).status == 404
    for done, body in (
        ("unblock", {}), ("replace", {"reason": "lost"}), ("revoke", {"reason": "other"}),
        ("hand-over-code", {}), ("renew-code", {}),
        ("change-contact", {"contact": CONTACT, "evidence": "recorded_call"}),
    ):  # fmt: skip
        assert client.post(OPERATOR, f"{path}/{done}", **body).status == 404
    assert client.get(OPERATOR, "/v1/cards").status == 403
    assert client.get(OPERATOR, "/v1/held-cards").status == 403
    client.done(OPERATOR, f"{path}/block", reason="stolen")
    (audited,) = (
        row for row in client.world.rows("cards-audit")
        if row.get("action", {}).get("S") == "block_card" and row["type"]["S"] == "CARD"
    )  # fmt: skip
    assert (audited["actor"]["S"], audited["role"]["S"]) == (OPERATOR.id, "hotline_operator")


def test_twenty_searches_an_hour_each(
    client: CardsClient, card: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    early = clock.wall().replace(minute=5)
    monkeypatch.setattr(clock, "wall", lambda: early)
    hit, miss = {"holder_ref": "ЛД101", "phone": PHONE}, {"holder_ref": "9", "last4": "0000"}

    answers = [search(client, **(hit if n % 2 else miss)) for n in range(21)]

    assert [each.status for each in answers] == [200] * 20 + [429]
    assert answers[-1].code == "too_many_searches"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert search(client, **hit).status == 429
    assert search(client, person("OP-2", "hotline_operator"), **hit).json["found"]
    assert search(client, LEADER, **hit).json["found"]
    assert len(searches(client)) == 22
    monkeypatch.setattr(clock, "wall", lambda: early + timedelta(hours=1))
    assert search(client, **hit).json["found"]


def test_each_search_is_audited_with_a_card_or_without_and_names_no_sign(
    client: CardsClient, card: dict[str, Any]
) -> None:
    search(client, holder_ref="ЛД101", phone=PHONE)
    search(client, LEADER_D05, holder_ref="777", last4="0000")

    hit, miss = sorted(searches(client), key=lambda row: row["found"]["S"], reverse=True)
    assert (hit["pk"]["S"], hit["actor"]["S"], hit["role"]["S"]) == (
        card["id"], "OP-1", "hotline_operator"
    )  # fmt: skip
    assert (hit["fields"]["S"], miss["fields"]["S"]) == ("holder_ref,phone", "holder_ref,last4")
    assert (miss["actor"]["S"], miss["region"]["S"], miss["found"]["S"]) == ("CL-5", "ZR", "no")
    assert hit["at"]["S"] and hit["correlation_id"]["S"] and hit.keys() == miss.keys()
    for secret in ("921", "777", "ЛД101", '0000"'):
        assert secret not in str(hit["fields"]) + str(miss)


def test_the_living_card_is_found_before_one_that_ended(client: CardsClient) -> None:
    old = client.issue("ЛД101", contact=CONTACT)
    new = client.post(LEADER, f"/v1/cards/{old['id']}/replace", reason="lost").json

    assert search(client, holder_ref="ЛД101", phone=PHONE).json["id"] == new["id"]
    by_digits = search(client, holder_ref="ЛД101", last4=old["number"][-4:]).json
    assert (by_digits["id"], by_digits["status"]) == (old["id"], "replaced")
    client.done(LEADER, f"/v1/cards/{new['id']}/revoke", reason="other")
    last = search(client, holder_ref="ЛД101", phone=PHONE).json
    assert (last["id"], last["status"]) == (new["id"], "revoked")
    client.done(LEADER, f"/v1/cards/{new['id']}/erase")
    assert search(client, holder_ref="ЛД101", last4=new["number"][-4:]).json == NONE


def test_who_shares_a_phone_or_a_number_is_found_too(client: CardsClient) -> None:
    couple = [issue(client, ref, "D02", PHONE_2).json for ref in ("1024", "1025")]
    for card, ref in zip(couple, ("1024", "1025"), strict=True):
        assert search(client, holder_ref=ref, phone=PHONE_2).json["id"] == card["id"]
        assert search(client, phone=PHONE_2, last4=card["number"][-4:]).json["id"] == card["id"]
    elsewhere = issue(client, "1024", "D03").json
    assert (
        search(client, holder_ref="1024", last4=elsewhere["number"][-4:]).json["status"] == "held"
    )
    decide(client, elsewhere["id"], "different_person")
    shown = search(client, LEADER, holder_ref="1024", last4=elsewhere["number"][-4:]).json
    assert (shown["id"], shown["district_id"]) == (elsewhere["id"], "D03")
    assert client.get(OFFICE_3, f"/v1/cards/{elsewhere['id']}").status == 200


def test_the_living_card_is_found_before_a_later_one_that_was_a_second_one(
    client: CardsClient,
) -> None:
    living = issue(client, "1024", "D02", PHONE_2).json
    client.world.advance(clock.now() + timedelta(days=1))
    second = issue(client, "1024", "D03", PHONE_2).json
    decide(client, second["id"], "same_person")

    assert search(client, holder_ref="1024", phone=PHONE_2).json["id"] == living["id"]


def test_a_new_phone_finds_the_card_and_the_one_before_does_not(
    client: CardsClient, card: dict[str, Any]
) -> None:
    contact = CONTACT | {"phone": PHONE_2}
    body = {"contact": contact, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{card['id']}/change-contact", **body)

    assert search(client, holder_ref="ЛД101", phone=PHONE_2).json["id"] == card["id"]
    assert search(client, holder_ref="ЛД101", phone=PHONE).json == NONE


def test_a_search_costs_a_bounded_number_of_calls_with_a_card_and_without(
    client: CardsClient,
) -> None:
    for number in range(12):
        card = issue(client, f"20{number}", "D02", PHONE_2).json
    calls: list[str] = []
    table = client.world.dynamodb
    for name in ("get_item", "query", "put_item", "update_item", "transact_write_items"):
        inner = getattr(table, name)

        def counted(inner: Any = inner, name: str = name, **request: Any) -> Any:
            calls.append(name)
            return inner(**request)

        table.__dict__[name] = counted

    def costs(**signs: str) -> list[str]:
        calls.clear()
        assert search(client, **signs).status == 200
        return sorted(calls)

    cards = client.get(LEADER, "/v1/cards").json["items"]
    for each in cards:  # an office may give one phone for many, and two may end alike
        found_one = search(client, phone=PHONE_2, last4=each["last4"]).json
        assert (found_one["found"], found_one["last4"]) == (True, each["last4"])
    digits = card["number"][-4:]
    found, missed = (costs(holder_ref=ref, last4=digits) for ref in ("2011", "9"))
    assert found == missed == ["put_item", "query", "update_item"]
    assert costs(phone="+79990000000", last4="0000") == [
        "get_item", "get_item", "put_item", "query", "update_item"
    ]  # fmt: skip
    many = costs(phone=PHONE_2, last4=digits)
    assert len(many) <= 18 and many.count("query") == 1 + 12  # each of those who share a phone
