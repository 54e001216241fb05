"""Signing in without an account, by a code to the phone of the placement order."""

import pytest

from shared.identity import sign_ins
from tests.cards.api_client import BOT, CONTACT, LEADER, PHONE, CardsClient
from tests.cards.sign_ins.codes import STRANGE, Writes, shape
from tests.support.world import at

BY_BOT = {"name": "Татьяна", "channel": "bot", "address": "max:3"}


def test_a_stranger_learns_nothing_from_answers_and_writes(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.issue(contact=CONTACT)
    writes = Writes(client, monkeypatch)

    known = client.ask_for_code()
    wrote = writes.take()
    unknown = client.ask_for_code(STRANGE)

    assert known.status == 202
    assert shape(known) == shape(unknown)
    assert wrote == writes.take()


def test_a_wrong_code_answers_alike_for_a_known_and_an_unknown_phone(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.issue(contact=CONTACT)
    asked = [client.ask_for_code(phone).json["id"] for phone in (PHONE, STRANGE)]
    writes = Writes(client, monkeypatch)
    seen = []
    for sign_in in asked:
        right = client.world.service("cards")
        with right:
            code = sign_ins.code_of(sign_in)
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        answers = [client.enter_code(sign_in, wrong) for _ in range(6)]
        seen.append(([(a.status, a.code) for a in answers], writes.take()))

    assert seen[0] == seen[1]
    assert [code for _, code in seen[0][0]] == ["sign_in_code_wrong"] * 5 + ["sign_in_locked"]


def test_no_code_fits_a_phone_that_nobody_has(client: CardsClient) -> None:
    asked = client.ask_for_code(STRANGE).json["id"]
    with client.world.service("cards"):
        code = sign_ins.code_of(asked)

    assert client.enter_code(asked, code).code == "sign_in_code_wrong"
    assert client.message_of(asked)["refused"] == "unknown_contact"


def test_the_code_opens_the_holders_own_cards(client: CardsClient) -> None:
    card = client.issue(contact=CONTACT)

    tokens = client.sign_in("8 (921) 123 45 67")
    holder = client.recognise(tokens["access_token"])

    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 900)
    assert (holder.kind, holder.role, holder.audience) == ("person", "foster_parent", "cards")
    (own,) = client.get(holder, "/v1/my-cards").json["items"]
    assert own["id"] == card["id"]
    assert client.get(holder, f"/v1/cards/{card['id']}/page").json["number"] == card["number"]
    assert client.activate(card, holder).status == 200
    assert client.get(LEADER, f"/v1/cards/{card['id']}").json["via"] == "web"


def test_the_code_is_nowhere_but_in_the_message(client: CardsClient) -> None:
    client.issue(contact=CONTACT)
    asked = client.ask_for_code()
    client.world.settle()
    code = client.code_of(asked.json["id"])

    kept = [str(client.world.rows(f"cards-{table}")) for table in ("data", "outbox", "audit")]
    assert all(code not in text for text in [*kept, str(client.world.bus.log), asked.text])
    (told,) = client.events("SignInRequested")
    assert told["known"] and told["sign_in_id"] == asked.json["id"]
    assert "79211234567" not in str(kept)


def test_the_code_goes_to_the_phone_and_never_to_a_person_who_calls(client: CardsClient) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact={**CONTACT, "channel": "phone_task", "phone": "+79211234568"})
    bot = {**CONTACT, "channel": "bot", "address": "max:7", "phone": "+79211234569"}
    client.issue("FP-3", contact=bot)

    ways = []
    for phone, channel in (
        (PHONE, "sms"), ("+79211234568", "sms"), ("+79211234569", "bot"), ("+79211234569", "sms")
    ):  # fmt: skip
        found = client.message_of(client.ask_for_code(phone, channel).json["id"])
        ways.append((found["channel"], found["address"]))

    assert ways == [
        ("sms", "+79211234567"), ("sms", "+79211234568"), ("bot", "max:7"), ("sms", "+79211234569")
    ]  # fmt: skip
    asked = client.ask_for_code("+79211234568").json["id"]
    item = {
        "reference": asked, "event_id": "e", "template": "sign_in_requested_holder",
        "avoid": ["sms"],
    }  # fmt: skip
    answer = client.world.call("cards", "resolve_recipients", {"items": [item]})
    assert answer["recipients"][0]["refused"] == "no_channel"


def test_who_left_a_messenger_and_no_phone_signs_in_by_it(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = BY_BOT["address"]
    card = client.issue("FP-3", contact=BY_BOT)
    other = client.issue("FP-4", contact=CONTACT)
    writes = Writes(client, monkeypatch)

    asked = client.ask_for_code(address, "bot")
    wrote = writes.take()
    unknown = client.ask_for_code("max:4", "bot")

    assert shape(asked) == shape(unknown) and wrote == writes.take()
    found = client.message_of(asked.json["id"])
    assert (found["channel"], found["address"]) == ("bot", address)
    tokens = client.enter_code(asked.json["id"], found["variables"]["sign_in_code"]).json
    me = client.recognise(tokens["access_token"])
    (own,) = client.get(me, "/v1/my-cards").json["items"]
    assert own["id"] == card["id"] and own["id"] != other["id"]
    assert client.activate(card, me, contact=BY_BOT).status == 200
    assert client.ask_for_code(address, "sms").status == 422


def test_a_messenger_proves_one_person_and_a_bot_binds_its_chat_by_it(client: CardsClient) -> None:
    client.issue("FP-3", contact=BY_BOT)
    asked = client.post(BOT, "/v1/bindings", contact="max:3", channel="bot", chat="c-3")
    code = client.code_of(asked.json["id"])
    bound = client.post(BOT, f"/v1/bindings/{asked.json['id']}/token", code=code).json

    me = client.recognise(bound["access_token"])
    assert client.get(me, "/v1/my-cards").json["items"][0]["holder_ref"] == "FP-3"
    assert client.issue("FP-5", district_id="D05", contact=BY_BOT)["status"] == "held"


def test_a_code_lives_ten_minutes_and_works_once(client: CardsClient) -> None:
    client.issue(contact=CONTACT)
    asked = client.ask_for_code().json["id"]
    code = client.code_of(asked)
    assert client.enter_code(asked, code, "once").status == 200
    assert client.enter_code(asked, code).code == "sign_in_over"

    late = client.ask_for_code().json["id"]
    client.world.set_time(at("2026-10-05 10:11"))
    assert client.enter_code(late, client.code_of(late)).code == "sign_in_over"


def test_a_lost_answer_is_given_again_under_the_same_key(client: CardsClient) -> None:
    client.issue(contact=CONTACT)
    asks = [client.post(None, "/v1/sign-ins", "ask", contact=PHONE) for _ in range(3)]
    asked = asks[0].json["id"]
    code = client.code_of(asked)

    first, again = (client.enter_code(asked, code, "same") for _ in range(2))

    assert first.json["refresh_token"] == again.json["refresh_token"]
    assert first.json["device_id"] == again.json["device_id"]
    renewed = [client.renew(first.json, "renew") for _ in range(2)]
    assert renewed[0].json["refresh_token"] == renewed[1].json["refresh_token"]
    assert client.enter_code(asked, code, "same").code == "sign_in_again"
    # None of the repeats counts as a code of the hour.
    assert [client.ask_for_code().status for _ in range(3)] == [202, 202, 429]


def test_five_wrong_codes_end_it_even_for_the_right_one(client: CardsClient) -> None:
    client.issue(contact=CONTACT)
    asked = client.ask_for_code().json["id"]
    code = client.code_of(asked)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        assert client.enter_code(asked, wrong, "same").code == "sign_in_code_wrong"

    assert client.enter_code(asked, code).code == "sign_in_locked"


def test_one_holder_never_sees_or_activates_the_card_of_another(client: CardsClient) -> None:
    mine = client.issue("FP-1", contact=CONTACT)
    hers = client.issue("FP-2", contact={**CONTACT, "phone": "+79211234568"})
    me = client.signed_in()

    assert client.get(me, f"/v1/cards/{hers['id']}").status == 404
    assert client.activate(hers, me).code == "activation_code_wrong"
    assert client.activate(mine, me).status == 200


def test_of_a_couple_with_one_phone_the_other_hears_who_helps(client: CardsClient) -> None:
    """Signed in by the phone is the one; the code that came to it for the other is right."""
    mine, his = client.issue("FP-1", contact=CONTACT), client.issue("FP-2", contact=CONTACT)
    me = client.signed_in()

    refused = client.activate(his, me)

    assert refused.code == "activation_code_wrong" and "один на двоих" in refused.json["detail"]
    assert client.activate(mine, me).status == 200
    assert client.activate(his, LEADER, evidence="in_person").status == 200


def test_a_code_that_is_typed_while_the_phone_is_reported_stolen_signs_no_one_in(
    client: CardsClient,
) -> None:
    path = f"/v1/cards/{client.issue('FP-1', contact=CONTACT)['id']}/change-contact"
    sign_in = client.ask_for_code().json["id"]
    code = client.code_of(sign_in)
    stolen = {"contact": CONTACT | {"phone": "+79211234567"}, "evidence": "in_person"}

    client.just_before_the_next_commit(lambda: client.done(LEADER, path, stolen=True, **stolen))

    refused = client.enter_code(sign_in, code)
    assert (refused.status, refused.code) == (409, "sign_in_over")
