"""A bot binds a chat to a person by the code that came to her phone, and speaks for her alone."""

from dataclasses import replace

import pytest

from shared.identity import sign_ins
from tests.cards.api_client import BOT, CONTACT, LEADER, PHONE, CardsClient
from tests.cards.sign_ins.codes import Writes, shape

OTHER_PHONE = "+79211234568"
OTHER_BOT = replace(BOT, id="bot-vk")
BEHALF = "Ryadom-On-Behalf-Of"


def test_a_bound_chat_speaks_for_one_person_and_the_audit_names_both(client: CardsClient) -> None:
    card = client.issue("FP-1", contact=CONTACT)
    hers = client.issue("FP-2", contact=CONTACT | {"phone": OTHER_PHONE})

    answer = client.bind()
    bound = client.recognise(answer.json["access_token"])

    assert answer.json["refresh_token"] is None
    assert (bound.id, bound.kind, bound.audience) == (BOT.id, "machine", "cards")
    assert client.activate(card, bound).status == 200
    client.done(bound, f"/v1/cards/{card['id']}/block", reason="lost")
    assert client.get(bound, f"/v1/cards/{hers['id']}").status == 404
    audited = [
        row for row in client.world.rows("cards-audit")
        if row.get("action", {}).get("S") == "block_card"
    ]  # fmt: skip
    assert {(r["actor"]["S"], r["on_behalf_of"]["S"]) for r in audited} == {
        (BOT.id, bound.acts_for)
    }


def test_what_a_bot_claims_is_believed_only_where_a_chat_is_bound(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact=CONTACT | {"phone": OTHER_PHONE})
    me, other = client.signed_in(), client.signed_in(OTHER_PHONE)

    def claims(holder: str, bot: object = BOT) -> int:
        assert bot in (BOT, OTHER_BOT)
        who = OTHER_BOT if bot == OTHER_BOT else BOT
        return client.api(who).get("/v1/my-cards", headers={BEHALF: holder}).status

    assert claims(me.id) == 403
    device = client.bind().json["device_id"]
    assert (claims(me.id), claims(other.id), claims(me.id, OTHER_BOT)) == (200, 403, 403)
    client.done(me, f"/v1/devices/{device}/revoke")
    assert claims(me.id) == 403


def test_a_bound_chat_is_no_claim_once_its_person_is_signed_out_or_of_no_region_of_the_bot(
    client: CardsClient,
) -> None:
    card = client.issue("FP-1", contact=CONTACT)["id"]
    holder = {BEHALF: client.signed_in().id}
    device = client.bind().json["device_id"]
    assert client.api(BOT).get("/v1/my-cards", headers=holder).status == 200
    far = client.api(replace(BOT, regions=("YY",)))

    assert far.get("/v1/my-cards", headers=holder).code == "not_bound"
    stolen = {"contact": CONTACT | {"phone": OTHER_PHONE}, "evidence": "in_person", "stolen": True}
    client.done(LEADER, f"/v1/cards/{card}/change-contact", **stolen)

    assert client.api(BOT).get("/v1/my-cards", headers=holder).code == "not_bound"
    assert client.post(BOT, f"/v1/devices/{device}/token").status == 401


def test_a_bots_own_token_renews_its_chats_and_what_they_hold_does_not(
    client: CardsClient,
) -> None:
    client.issue(contact=CONTACT)
    device = client.bind().json
    path = f"/v1/devices/{device['device_id']}/token"
    bound = client.recognise(device["access_token"])

    renewed = client.done(BOT, path)
    assert client.recognise(renewed["access_token"]).acts_for == bound.acts_for
    assert client.post(bound, path).status == 403
    assert client.post(OTHER_BOT, path).status == 404
    assert client.post(replace(BOT, scopes=()), path).status == 404
    (listed,) = client.get(bound, "/v1/devices").json["items"]
    assert (listed["kind"], listed["bot"], listed["this_one"]) == ("bot", BOT.id, True)


def test_a_chat_speaks_for_the_last_person_who_proved_herself_there(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact=CONTACT | {"phone": OTHER_PHONE})
    first = client.bind("chat-1").json["device_id"]
    kept = client.bind("chat-9").json["device_id"]

    client.bind("chat-1", OTHER_PHONE)

    assert client.post(BOT, f"/v1/devices/{first}/token").code == "sign_in_again"
    assert client.post(BOT, f"/v1/devices/{kept}/token").status == 200


def test_a_code_of_one_use_and_bot_is_good_for_no_other(client: CardsClient) -> None:
    client.issue(contact=CONTACT)
    asked = client.post(BOT, "/v1/bindings", contact=PHONE, chat="c").json["id"]
    code = client.code_of(asked)

    assert client.enter_code(asked, code).code == "sign_in_over"
    assert client.post(OTHER_BOT, f"/v1/bindings/{asked}/token", code=code).status == 404
    signing = client.ask_for_code().json["id"]
    own = client.code_of(signing)
    assert client.post(BOT, f"/v1/bindings/{signing}/token", code=own).status == 404


def test_a_bot_learns_nothing_from_answers_and_writes(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.issue(contact=CONTACT)
    writes = Writes(client, monkeypatch)
    seen = []
    for phone in (PHONE, "+7 921 000-00-00"):
        asked = client.post(BOT, "/v1/bindings", contact=phone, chat="chat-1")
        with client.world.service("cards"):
            wrong = f"{(int(sign_ins.code_of(asked.json['id'])) + 1) % 10**6:06d}"
        refused = client.post(BOT, f"/v1/bindings/{asked.json['id']}/token", code=wrong)
        seen.append((shape(asked), refused.status, refused.code, writes.take()))

    assert seen[0] == seen[1]
    assert (seen[0][0][0], seen[0][2]) == (202, "sign_in_code_wrong")


def test_the_code_that_binds_a_chat_is_sent_as_one_to_sign_in_is(client: CardsClient) -> None:
    client.issue(contact=CONTACT)

    asked = client.post(BOT, "/v1/bindings", contact=PHONE, chat="chat-1").json["id"]

    (told,) = client.events("SignInRequested")
    assert (told["sign_in_id"], told["known"], told["use"]) == (asked, True, sign_ins.BINDING)


def test_only_a_bot_with_the_scope_binds_and_only_people_of_its_regions(
    client: CardsClient,
) -> None:
    client.issue(contact=CONTACT)
    body = {"contact": PHONE, "chat": "c"}

    assert (
        client.post(replace(BOT, scopes=("act_for_family",)), "/v1/bindings", **body).status == 403
    )
    asked = client.post(BOT, "/v1/bindings", **body).json["id"]
    entering = f"/v1/bindings/{asked}/token"
    code = client.code_of(asked)
    assert client.post(replace(BOT, scopes=()), entering, code=code).status == 403
    assert client.post(LEADER, "/v1/bindings", **body).status == 403
    far = client.post(replace(BOT, regions=("YY",)), "/v1/bindings", **body)
    assert far.status == 202
    assert client.message_of(far.json["id"])["refused"] == "unknown_contact"


def test_a_chat_asks_as_often_as_an_address_and_a_bot_as_often_as_it_must(
    client: CardsClient,
) -> None:
    def ask(number: int, chat: str) -> int:
        return client.post(BOT, "/v1/bindings", contact=f"+7921000{number:04d}", chat=chat).status

    assert [ask(n, "one") for n in range(21)] == [202] * 20 + [429]
    assert ask(30, "two") == 202
