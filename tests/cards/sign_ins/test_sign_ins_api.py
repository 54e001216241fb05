"""Signing in without an account: a code to the phone of the placement order, tokens, devices."""

import re
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.errors import Unauthenticated
from shared.identity import people_tokens, sign_ins
from tests.cards.api_client import BOT, CONTACT, LEADER, PHONE, CardsClient
from tests.support.api import Answer
from tests.support.world import at

STRANGE = "+7 921 000-00-00"
BY_BOT = {"name": "Татьяна", "channel": "bot", "address": "bot-000003"}


class Writes:
    """What an app writes, counted by table and kind."""

    def __init__(self, client: CardsClient, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[str, ...]] = []
        self.reads = 0
        table = client.world.dynamodb
        for name in ("put_item", "update_item", "delete_item", "transact_write_items", "get_item"):
            inner = getattr(table, name)

            def counted(inner: Any = inner, name: str = name, **request: Any) -> Any:
                self._count(name, request)
                return inner(**request)

            monkeypatch.setitem(table.__dict__, name, counted)

    def _count(self, name: str, request: dict[str, Any]) -> None:
        if name == "get_item":
            self.reads += 1
        for item in request.get("TransactItems", []):
            ((verb, action),) = item.items()
            self.seen.append((verb, action["TableName"]))
        if name not in ("get_item", "transact_write_items"):
            self.seen.append((name, request["TableName"]))

    def take(self) -> tuple[list[tuple[str, ...]], int]:
        """What was seen since the last time."""
        seen, reads = sorted(self.seen), self.reads
        self.seen, self.reads = [], 0
        return seen, reads


def shape(answer: Answer) -> tuple[int, str, dict[str, str]]:
    """An answer without the one id that is new in each."""
    return answer.status, re.sub("sgn_[0-9A-Z]{26}", "sgn_", answer.text), answer.headers


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
    bot = {**CONTACT, "channel": "bot", "address": "chat-7", "phone": "+79211234569"}
    client.issue("FP-3", contact=bot)

    ways = []
    for phone, channel in (
        (PHONE, "sms"), ("+79211234568", "sms"), ("+79211234569", "bot"), ("+79211234569", "sms")
    ):  # fmt: skip
        found = client.message_of(client.ask_for_code(phone, channel).json["id"])
        ways.append((found["channel"], found["address"]))

    assert ways == [
        ("sms", "+79211234567"), ("sms", "+79211234568"), ("bot", "chat-7"), ("sms", "+79211234569")
    ]  # fmt: skip
    asked = client.ask_for_code("+79211234568").json["id"]
    item = {
        "reference": asked, "event_id": "e", "template": "sign_in_requested_holder",
        "avoid": ["sms"],
    }  # fmt: skip
    answer = client.world.call("cards", "resolve_recipients", {"items": [item]})
    assert answer["recipients"][0]["refused"] == "no_channel"


@pytest.mark.parametrize("address", ["bot-000003", "9211234567"], ids=["name", "like a phone"])
def test_who_left_a_messenger_and_no_phone_signs_in_by_it(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    card = client.issue("FP-3", contact=BY_BOT | {"address": address})
    other = client.issue("FP-4", contact=CONTACT)
    writes = Writes(client, monkeypatch)

    asked = client.ask_for_code(address, "bot")
    wrote = writes.take()
    unknown = client.ask_for_code("9210000001" if address.isdecimal() else "bot-000004", "bot")

    assert shape(asked) == shape(unknown) and wrote == writes.take()
    found = client.message_of(asked.json["id"])
    assert (found["channel"], found["address"]) == ("bot", address)
    tokens = client.enter_code(asked.json["id"], found["variables"]["sign_in_code"]).json
    me = client.recognise(tokens["access_token"])
    (own,) = client.get(me, "/v1/my-cards").json["items"]
    assert own["id"] == card["id"] and own["id"] != other["id"]
    assert client.activate(card, me, contact=BY_BOT | {"address": address}).status == 200
    assert client.ask_for_code(address, "sms").status == (202 if address.isdecimal() else 422)


def test_a_messenger_proves_one_person_and_a_bot_binds_its_chat_by_it(client: CardsClient) -> None:
    client.issue("FP-3", contact=BY_BOT)
    asked = client.post(BOT, "/v1/bindings", contact="bot-000003", channel="bot", chat="c-3")
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
    renewed = [renew(client, first.json, "renew") for _ in range(2)]
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


# how often ----------------------------------------------------------------------------------


def test_three_codes_an_hour_and_ten_a_day_for_one_phone(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.issue(contact=CONTACT)
    midnight = clock.wall().replace(hour=0, minute=5)
    statuses: dict[str, list[int]] = {PHONE: [], STRANGE: []}
    for hour in range(5):
        monkeypatch.setattr(clock, "wall", lambda hour=hour: midnight + timedelta(hours=hour))
        for phone, seen in statuses.items():
            seen += [client.ask_for_code(phone).status for _ in range(4)]

    expected = [202, 202, 202, 429] * 3 + [202, 429, 429, 429] + [429] * 4
    assert statuses == {PHONE: expected, STRANGE: expected}


@pytest.mark.parametrize(
    "first", ["2026-10-05 20:30", "2026-10-06 00:30"], ids=["over midnight", "over Greenwich's"]
)
def test_ten_codes_a_day_are_of_no_calendars_day(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    client.issue(contact=CONTACT)

    def ask(hours: int, times: int) -> list[Answer]:
        moment = at(first) + timedelta(hours=hours)
        monkeypatch.setattr(clock, "wall", lambda: moment)
        known = [client.ask_for_code(PHONE) for _ in range(times)]
        strange = [client.ask_for_code(STRANGE) for _ in range(times)]
        assert [shape(each)[::2] for each in known] == [shape(each)[::2] for each in strange]
        return known

    sent = [each.status for hours in range(3) for each in ask(hours, 3)] + [ask(3, 1)[0].status]
    (late,) = ask(4, 1)

    assert sent == [202] * 10
    assert (late.status, late.headers["Retry-After"]) == (429, str(20 * 3600))
    assert ask(23, 1)[0].status == 429
    assert [each.status for each in ask(24, 3)] == [202] * 3


def test_twenty_codes_an_hour_from_one_address(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    early = clock.wall().replace(minute=5)
    monkeypatch.setattr(clock, "wall", lambda: early)
    answers = [client.ask_for_code(f"+7921000{n:04d}") for n in range(21)]

    assert [a.status for a in answers] == [202] * 20 + [429]
    assert answers[-1].code == "too_many_sign_ins"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600


def test_the_breaker_stops_everyone_alike_when_too_many_codes_leave(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client.issue("FP-1", contact=CONTACT)
    client.issue("FP-2", contact={**CONTACT, "phone": "+79211234568"})
    client.world.environment["SIGN_IN_CODES_AN_HOUR"] = "2"
    now = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: now)
    for _ in range(2):
        client.ask_for_code()

    capsys.readouterr()
    answers = [client.ask_for_code(phone) for phone in ("+79211234568", STRANGE)]

    assert [(a.status, a.code) for a in answers] == [(503, "sign_in_paused")] * 2
    assert shape(answers[0]) == shape(answers[1])
    assert '"sign_in_breaker_open"' in capsys.readouterr().out


def test_strangers_phones_do_not_close_the_breaker_of_others(client: CardsClient) -> None:
    client.issue(contact=CONTACT)
    client.world.environment["SIGN_IN_CODES_AN_HOUR"] = "2"
    for number in range(5):
        client.ask_for_code(f"+7921000{number:04d}")

    assert client.sign_in()["access_token"]


# tokens and devices -------------------------------------------------------------------------


def renew(client: CardsClient, tokens: dict[str, Any], key: str | None = None) -> Answer:
    return client.post(None, "/v1/tokens/refresh", key, refresh_token=tokens["refresh_token"])


def test_a_refresh_token_is_good_once_and_a_copy_signs_the_device_out(
    client: CardsClient,
) -> None:
    client.issue(contact=CONTACT)
    first = client.sign_in()
    second = renew(client, first)
    assert second.status == 200
    assert second.json["refresh_token"] != first["refresh_token"]

    copied = renew(client, first)

    assert (copied.status, copied.code) == (401, "sign_in_again")
    assert renew(client, second.json).status == 401
    holder = client.recognise(second.json["access_token"])
    assert client.get(holder, "/v1/devices").json["items"] == []
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
    tokens = renew(client, tokens).json
    monkeypatch.setattr(clock, "wall", lambda: now + timedelta(days=58))
    tokens = renew(client, tokens).json
    for days in (88, 120):  # out, and no more than a row that is gone
        then = now + timedelta(days=days, minutes=1)
        monkeypatch.setattr(clock, "wall", lambda then=then: then)
        assert renew(client, tokens).status == 401


@pytest.mark.parametrize(
    "token", ["x", "rfr_01ARZ3NDEKTSV4RRFFQ69G5FAV.1." + "0" * 64, "rfr_..", "Bearer x"]
)
def test_what_is_no_refresh_token_renews_nothing(client: CardsClient, token: str) -> None:
    assert renew(client, {"refresh_token": token}).status == 401


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
    client.done(me, path)
    client.done(me, path)
    assert [d["id"] for d in client.get(me, "/v1/devices").json["items"]] == [first["device_id"]]
    assert renew(client, second).status == 401
    assert renew(client, first).status == 200


def test_a_token_is_for_cards_and_for_a_quarter_of_an_hour(
    client: CardsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.issue(contact=CONTACT)
    token = client.sign_in()["access_token"]

    with client.world.service("cards"):
        monkeypatch.setenv("PEOPLE_KEYS", '{"intake": "intake-people-key"}')
        with pytest.raises(Unauthenticated) as refused:
            people_tokens.recognise(token)
    assert refused.value.code == "wrong_audience"


def test_one_holder_never_sees_or_activates_the_card_of_another(client: CardsClient) -> None:
    mine = client.issue("FP-1", contact=CONTACT)
    hers = client.issue("FP-2", contact={**CONTACT, "phone": "+79211234568"})
    me = client.signed_in()

    assert client.get(me, f"/v1/cards/{hers['id']}").status == 404
    assert client.activate(hers, me).code == "activation_code_wrong"
    assert client.activate(mine, me).status == 200
