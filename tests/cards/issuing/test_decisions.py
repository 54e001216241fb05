"""A leader sees which cards wait, and says whose they are."""

from typing import Any

import pytest

from tests.cards.api_client import (
    CONTACT,
    HOLDER,
    LEADER,
    LEADER_D05,
    LEADER_Y,
    OFFICE,
    STRANGER,
    CardsClient,
    person,
)
from tests.cards.offices import OFFICE_3, OFFICE_5, PHONE_2, PHONE_3, code_of, decide, held, issue
from tests.support.world import at


def test_a_leader_sees_what_collides_and_no_name(client: CardsClient) -> None:
    first = issue(client, "1024", "D02", PHONE_2).json
    second = issue(client, "№ 1024.0", "D05", PHONE_2).json

    (shown,) = held(client)

    assert (shown["id"], shown["holder_ref"], shown["district_id"]) == (second["id"], "1024", "D05")
    assert (shown["last4"], shown["because"]) == (second["number"][-4:], "same_file_and_phone")
    assert shown["others"] == [
        {
            "id": first["id"], "region": "ZR", "district_id": "D02", "office_id": "D02",
            "last4": first["number"][-4:], "ended": False, "closes_on": None,
        }
    ]  # fmt: skip
    assert "Мария" not in str(shown) and PHONE_2[1:] not in str(shown)
    assert held(client, LEADER_D05) == [shown]
    assert held(client, LEADER_Y) == []
    leader_3 = person("CL-3", "community_leader", districts=("D03",))
    assert held(client, leader_3) == []
    assert client.get(LEADER_Y, "/v1/held-cards", region="ZR").status == 404
    for who in (OFFICE, HOLDER, person("OP-1", "hotline_operator")):
        assert client.get(who, "/v1/held-cards").status == 403
    assert second["id"] not in str(client.get(LEADER, "/v1/cards").json)


def test_the_cards_beside_are_read_together_and_each_is_shown_beside_its_own(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = {ref: issue(client, ref, "D02").json["id"] for ref in ("1001", "1002", "1003")}
    for ref in others:
        issue(client, ref, "D05")
    tables, single = client.world.dynamodb, []
    real = tables.get_item

    def counting(**request: Any) -> Any:
        single.append(request["Key"]["pk"]["S"])
        return real(**request)

    monkeypatch.setattr(tables, "get_item", counting)

    whole = held(client)
    pages = [client.get(LEADER, "/v1/held-cards", limit=2).json]
    pages.append(client.get(LEADER, "/v1/held-cards", limit=2, cursor=pages[0]["next_cursor"]).json)

    assert {card["holder_ref"]: card["others"][0]["id"] for card in whole} == others
    assert [card for page in pages for card in page["items"]] == whole
    assert pages[1]["next_cursor"] is None
    assert [key for key in single if key.startswith("CARD#")] == []


def test_only_a_leader_of_the_territory_decides(client: CardsClient) -> None:
    issue(client, "1024", "D02")
    card = issue(client, "1024", "D05").json["id"]
    leader_3 = person("CL-3", "community_leader", districts=("D03",))

    for who, status in (
        (OFFICE_5, 403), (OFFICE, 404), (LEADER_Y, 404), (leader_3, 404), (STRANGER, 404),
        (person("OP-1", "hotline_operator"), 404),
    ):  # fmt: skip
        assert decide(client, card, "different_person", who).status == status
    assert decide(client, card, "perhaps").status == 422
    assert decide(client, card, "different_person", LEADER_D05).status == 200
    again = decide(client, card, "same_person")
    assert (again.status, again.code) == (409, "card_issued")


@pytest.mark.parametrize("phone", [PHONE_2, None])
def test_another_persons_card_goes_on_and_its_code_is_sent(
    client: CardsClient, phone: str | None
) -> None:
    first = issue(client, "1024", "D02", PHONE_3).json
    second = issue(client, "1024", "D03", phone).json
    client.world.set_time(at("2026-11-20 10:00"))

    assert decide(client, second["id"], "different_person").status == 200

    assert held(client) == []
    assert [told["card_id"] for told in client.events("CardIssued")] == [first["id"], second["id"]]
    (decided,) = client.events("CardHoldDecided")
    assert (decided["decision"], decided["office_id"]) == ("different_person", "D03")
    shown = client.get(LEADER, f"/v1/cards/{second['id']}").json
    assert (shown["status"], shown["holder_ref"], shown["held_because"]) == ("issued", "1024", None)
    assert shown["code_valid_until"] == "2026-12-20"
    reached = code_of(client, second["id"])
    if phone:
        assert reached["address"] == PHONE_2
        code = reached["variables"]["activation_code"]
        holder = client.signed_in(PHONE_2)
        card = second | {"activation_code": code}
        assert client.activate(card, holder, contact=CONTACT | {"phone": PHONE_2}).status == 200
        assert client.signed_in(PHONE_3).id != holder.id
    else:
        assert reached["refused"] == "no_channel"
        renewed = client.done(LEADER, f"/v1/cards/{second['id']}/renew-code")
        assert client.activate(renewed, STRANGER).status == 200
    (audited,) = (
        row for row in client.world.rows("cards-audit")
        if row.get("action", {}).get("S") == "decide_duplicate" and row["type"]["S"] == "CARD"
    )  # fmt: skip
    assert (audited["reason"]["S"], audited["actor"]["S"]) == ("offices_asked", LEADER.id)


def test_the_second_card_of_the_same_person_is_closed(client: CardsClient) -> None:
    first = issue(client, "1024", "D02", PHONE_2).json
    second = issue(client, "1024", "D03", PHONE_3).json

    assert decide(client, second["id"], "same_person").status == 200

    shown = client.get(OFFICE_3, f"/v1/cards/{second['id']}").json
    assert (shown["status"], shown["reason"]) == ("revoked", "same_person")
    assert client.at_the_till(second["number"]).status == "revoked"
    assert client.events("CardRevoked") == []  # who never had it is not told that it ended
    assert client.events("CardHoldDecided")[0]["decision"] == "same_person"
    assert client.get(LEADER, f"/v1/cards/{first['id']}").json["status"] == "issued"
    assert client.message_of(client.ask_for_code(PHONE_3).json["id"])["refused"]
    assert held(client) == []
    client.done(LEADER, f"/v1/cards/{second['id']}/erase")
    assert client.activate(first, STRANGER, contact=CONTACT | {"phone": PHONE_2}).status == 200


def test_who_signed_in_by_the_phone_of_the_card_that_ends_is_signed_out(
    client: CardsClient,
) -> None:
    issue(client, "1024", "D02", PHONE_2)
    second = issue(client, "1024", "D03", PHONE_3).json
    token = client.sign_in(PHONE_3)["refresh_token"]

    assert decide(client, second["id"], "same_person").status == 200

    assert client.post(None, "/v1/tokens/refresh", refresh_token=token).status == 401


def test_who_has_a_child_again_elsewhere_does_not_lose_the_card_that_was_to_close(
    client: CardsClient,
) -> None:
    first = issue(client, "1024", "D02", PHONE_2).json
    end = {"region": "ZR", "district_id": "D02", "holder_ref": "1024", "ended_on": "2026-10-05"}
    client.done(OFFICE, "/v1/placement-ends", **end)
    second = issue(client, "77", "D05", PHONE_2).json["id"]
    (beside,) = held(client, LEADER_D05)[0]["others"]
    assert (beside["id"], beside["closes_on"]) == (first["id"], "2026-11-04")

    client.done(LEADER, f"/v1/cards/{first['id']}/dismiss-placement-end")
    (beside,) = held(client, LEADER_D05)[0]["others"]
    decide(client, second, "same_person")
    client.world.advance(at("2026-11-20 12:00"))

    assert beside["closes_on"] is None
    assert client.get(LEADER, f"/v1/cards/{first['id']}").json["status"] == "issued"


def test_the_phone_that_another_office_knew_is_hers_at_the_new_one(client: CardsClient) -> None:
    old = issue(client, "1024", "D02", PHONE_2).json["id"]
    client.done(LEADER, f"/v1/cards/{old}/revoke", reason="moved_away")
    card = issue(client, "1024", "D03").json["id"]
    decide(client, card, "same_person")
    renewed = client.done(LEADER, f"/v1/cards/{card}/renew-code")

    assert client.activate(renewed, STRANGER, contact=CONTACT | {"phone": PHONE_2}).status == 200

    me = client.signed_in(PHONE_2)
    assert [each["id"] for each in client.get(me, "/v1/my-cards").json["items"]] == [card]


def test_who_shares_the_phone_of_a_card_that_is_closed_signs_in_by_it(client: CardsClient) -> None:
    issue(client, "1024", "D02", PHONE_2)
    second = issue(client, "1024", "D03", PHONE_3).json["id"]
    other = issue(client, "77", "D03", PHONE_3).json["id"]

    decide(client, second, "same_person")

    me = client.signed_in(PHONE_3)
    assert [each["id"] for each in client.get(me, "/v1/my-cards").json["items"]] == [other]


def test_what_a_leader_decided_is_not_asked_again(client: CardsClient) -> None:
    first = issue(client, "1024", "D02", PHONE_2).json
    same, other = (issue(client, "1024", district).json for district in ("D03", "D05"))
    decide(client, same["id"], "same_person")
    decide(client, other["id"], "different_person")

    assert issue(client, "1024", "D03").code == "holder_has_card"
    assert issue(client, "1024", "D05").code == "holder_has_card"
    assert issue(client, "1024", "D02").code == "holder_has_card"
    client.done(LEADER, f"/v1/cards/{other['id']}/revoke", reason="moved_away")
    assert issue(client, "1024", "D05").json["status"] == "issued"
    client.done(LEADER, f"/v1/cards/{first['id']}/revoke", reason="moved_away")
    assert issue(client, "1024", "D03").json["status"] == "issued"
    assert issue(client, "1024", "D02", PHONE_2).json["status"] == "issued"
    assert held(client) == []


def test_an_activated_card_of_the_same_person_ends_and_she_is_told(client: CardsClient) -> None:
    issue(client, "1024", "D02", PHONE_2)
    card = issue(client, "77", "D03").json
    client.activate(card, STRANGER, contact=CONTACT | {"phone": PHONE_2})

    decide(client, card["id"], "same_person")

    assert client.at_the_till(card["number"]).status == "revoked"
    (told,) = client.events("CardRevoked")
    assert (told["card_id"], told["reason"]) == (card["id"], "same_person")


def test_a_held_card_that_is_lost_is_off_when_it_goes_on_and_announced_when_it_is_found(
    client: CardsClient,
) -> None:
    issue(client, "1024", "D02", PHONE_2)
    card = issue(client, "77", "D03", PHONE_2).json["id"]
    path = f"/v1/cards/{card}"
    client.done(LEADER, f"{path}/block", reason="lost")
    again = client.post(LEADER, f"{path}/block", reason="lost")
    assert (again.status, again.code) == (409, "card_blocked")
    assert client.get(LEADER, path).json["status"] == "held"
    assert client.post(LEADER, f"{path}/erase").code == "card_held"  # it is decided first

    decide(client, card, "different_person")

    assert client.get(LEADER, path).json["status"] == "blocked"
    (decided,) = client.events("CardHoldDecided")
    assert decided["blocked"]
    assert [each["card_id"] for each in client.events("CardIssued")].count(card) == 0
    client.done(LEADER, f"{path}/unblock")
    assert client.get(LEADER, path).json["status"] == "issued"
    client.done(LEADER, f"{path}/block", reason="lost")
    client.done(LEADER, f"{path}/unblock")
    told = [each["renewed"] for each in client.events("CardIssued") if each["card_id"] == card]
    assert told == [False, True]  # it is announced, and counted, once


def test_a_shared_phone_is_decided_once(client: CardsClient) -> None:
    issue(client, "1024", "D02", PHONE_2)
    card = issue(client, "77", "D03", PHONE_2).json
    decide(client, card["id"], "different_person")
    renewed = client.done(LEADER, f"/v1/cards/{card['id']}/renew-code")

    answer = client.activate(renewed, STRANGER, contact=CONTACT | {"phone": PHONE_2})
    assert answer.json["status"] == "active"
    client.done(LEADER, f"/v1/cards/{card['id']}/revoke", reason="moved_away")
    assert issue(client, "77", "D03", PHONE_2).json["status"] == "issued"
    assert issue(client, "78", "D05", PHONE_2).json["status"] == "held"


def test_a_phone_that_is_mended_while_a_card_is_held_stays(client: CardsClient) -> None:
    issue(client, "1024", "D02", PHONE_2)
    card = issue(client, "77", "D03", PHONE_2).json["id"]
    body = {"contact": CONTACT | {"phone": PHONE_3}, "evidence": "signed_form"}
    client.done(OFFICE_3, f"/v1/cards/{card}/change-contact", **body)

    assert decide(client, card, "different_person").status == 200

    assert code_of(client, card)["address"] == PHONE_3
    me = client.signed_in(PHONE_3)
    assert [each["id"] for each in client.get(me, "/v1/my-cards").json["items"]] == [card]


def test_a_card_beside_one_that_was_erased_meanwhile_goes_on(client: CardsClient) -> None:
    first = issue(client, "1024", "D02", PHONE_2).json["id"]
    card = issue(client, "1024", "D03", PHONE_3).json["id"]
    client.done(LEADER, f"/v1/cards/{first}/revoke", reason="holder_refused")
    assert held(client)[0]["others"][0]["ended"], "a leader sees how it is now"
    client.done(LEADER, f"/v1/cards/{first}/erase")

    assert held(client)[0]["others"] == []
    assert decide(client, card, "same_person").json["status"] == "issued"
    assert client.events("CardHoldDecided")[0]["decision"] == "same_person_again"
    assert issue(client, "1024", "D02").code == "subject_erased"  # she stays forgotten there


def test_a_phone_that_is_free_at_the_decision_is_its_holders(client: CardsClient) -> None:
    other = issue(client, "1024", "D02", PHONE_2).json["id"]
    card = issue(client, "77", "D03", PHONE_2).json["id"]
    client.done(LEADER, f"/v1/cards/{other}/revoke", reason="moved_away")

    decide(client, card, "different_person")

    me = client.signed_in(PHONE_2)
    assert [each["id"] for each in client.get(me, "/v1/my-cards").json["items"]] == [card]


def test_a_decision_is_made_once(client: CardsClient) -> None:
    issue(client, "1024", "D02")
    card = issue(client, "1024", "D03").json["id"]
    client.just_before_the_next_commit(lambda: decide(client, card, "same_person"))

    late = decide(client, card, "different_person")

    assert (late.status, late.code) == (409, "card_revoked")
    assert [told["decision"] for told in client.events("CardHoldDecided")] == ["same_person"]


def test_the_number_of_a_second_card_leads_to_the_card_that_its_person_has(
    client: CardsClient,
) -> None:
    living = issue(client, "1024", "D02", PHONE_2).json["id"]
    decide(client, issue(client, "77", "D03", PHONE_2).json["id"], "same_person")

    issue(client, "77", "D05")

    (shown,) = held(client)
    assert [each["id"] for each in shown["others"]] == [living]
