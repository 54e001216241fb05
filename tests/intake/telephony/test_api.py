"""Events of telephony: signed, in any order, more than once, with one effect."""

import itertools
import json
from typing import Any

import pytest

from shared import clock
from tests.intake.api_client import HQ, OPERATOR, PHONE, IntakeClient, staff
from tests.intake.telephony import signed
from tests.intake.telephony.signed import form, headers, say

CALL = {"phone": "79161234567", "operator": "101"}


@pytest.fixture(autouse=True)
def connected(client: IntakeClient) -> None:
    signed.connect(client)


def call_backs(client: IntakeClient, status: str = "open") -> list[Any]:
    """The call-backs of the region."""
    found: list[Any] = client.get(OPERATOR, "/call-backs", status=status).json["items"]
    return found


def mango(client: IntakeClient, body: str, kind: str = "call") -> Any:
    """An event as Mango sends it."""
    form_type = {"Content-Type": "application/x-www-form-urlencoded"}
    return client.api(None).call("POST", f"/telephony/mango/events/{kind}", body, headers=form_type)


def test_an_event_that_is_not_signed_is_refused_and_nothing_is_stored(
    client: IntakeClient,
) -> None:
    before = len(client.world.rows("intake-data"))
    body = json.dumps({"type": "ended", "call_id": "c1", "at": clock.iso(clock.now()), **CALL})
    right = headers(body)
    path = "/telephony/pbx/events"

    for place, sent, of in (
        ("no signature", body, {}),
        ("another body", body + " ", right),
        ("another secret", body, headers(body, "whsec_AAAA")),
        ("too old", body, headers(body, age=301)),
        ("from the future", body, headers(body, age=-301)),
        ("another id", body, right | {"webhook-id": "msg_2"}),
        ("no number", body, right | {"webhook-timestamp": "x"}),
        ("endless", body, right | {"webhook-timestamp": "inf"}),
        ("no signature of a version", body, right | {"webhook-signature": "AAAA"}),
        ("no base64", body, right | {"webhook-signature": "v1,a v1,\u2026"}),
    ):
        assert client.api(None).call("POST", path, sent, headers=of).status == 401, place
    absent = client.api(None).call("POST", "/telephony/none/events", body, headers=right)
    assert absent.status == 401
    for wrong in (form({"a": 1}, salt="x"), form({"a": 1}, key="x"), "json=%7B%7D", "\xff"):
        assert mango(client, wrong).status == 401
    client.world.environment.pop("TELEPHONY_SECRETS")
    assert client.api(None).call("POST", path, body, headers=right).status == 401
    assert len(client.world.rows("intake-data")) == before


def test_every_order_of_events_and_every_repeat_has_the_same_effect(client: IntakeClient) -> None:
    events = [("ringing", {}), ("answered", {}), ("ended", {"answered": True})]
    for number, order in enumerate(itertools.permutations(events)):
        for kind, more in (*order, *order):
            assert say(client, kind, f"call-{number}", **CALL, **more).status == 200
        client.world.settle()

    assert call_backs(client) == []
    assert client.get(OPERATOR, "/live-calls").json["items"] == []
    kept = [row for row in client.world.rows("intake-data") if row["sk"]["S"] == "PHONE_CALL"]
    assert len(kept) == 6
    assert PHONE[2:] not in str(client.world.rows("intake-data")) + str(client.world.bus.log)


def test_a_missed_call_is_called_back_once_and_an_answered_one_ends_it(
    client: IntakeClient,
) -> None:
    for _ in range(2):
        say(client, "ringing", "c1", **CALL)
        say(client, "ended", "c1", **CALL)
    say(client, "ended", "c2", **CALL | {"phone": "+7 916 123-45-67"})
    client.world.settle()

    (waiting,) = call_backs(client)
    assert (waiting["missed"], waiting["known"], waiting["urgent"]) == (2, False, False)
    assert len(client.published("CallBackAsked")) == 1
    say(client, "answered", "c3", **CALL)
    say(client, "answered", "c3", **CALL)
    client.world.settle()

    assert call_backs(client) == []
    (ended,) = client.published("CallBackEnded")
    assert (ended["call_back_id"], ended["reason"]) == (waiting["id"], "called_again")
    say(client, "ended", "c4", **CALL)
    assert len(call_backs(client)) == 1


def test_a_call_that_was_answered_before_the_missed_one_ends_nothing(
    client: IntakeClient,
) -> None:
    early = {"at": "2026-09-14T04:00:00Z"}

    say(client, "ended", "c1", **CALL)
    say(client, "answered", "c0", **CALL | early)

    assert len(call_backs(client)) == 1


def test_the_region_is_that_of_the_line_and_a_hidden_number_is_left_alone(
    client: IntakeClient,
) -> None:
    elsewhere = staff("OP-Y", "hotline_operator", "YY")

    say(client, "ended", "c1", **CALL, line="74950000002")
    say(client, "ended", "c2", phone="anonymous")
    say(client, "ended", "c3")
    say(client, "hold", "c4", **CALL)

    assert call_backs(client) == []
    assert len(client.get(elsewhere, "/call-backs").json["items"]) == 1
    unreadable = '{"type": "ended"}'
    answer = client.api(None).call(
        "POST", "/telephony/pbx/events", unreadable, headers=headers(unreadable)
    )
    assert (answer.status, answer.code) == (422, "telephony_event_unreadable")


def test_a_call_that_goes_on_fills_the_screen(client: IntakeClient) -> None:
    asked = client.asked()
    say(client, "ringing", "c1", **CALL)

    (live,) = client.get(OPERATOR, "/live-calls").json["items"]
    seen = client.post(OPERATOR, "/callers/search", {"call_id": live["id"]}, key=None).json

    assert (live["state"], live["extension"]) == ("ringing", "101")
    assert (seen["phone"], seen["known"]) == (PHONE, True)
    assert seen["families"][0]["id"] == asked["family_id"]
    foreign = staff("OP-Y", "hotline_operator", "YY")
    by_call = {"call_id": live["id"]}
    assert client.post(foreign, "/callers/search", by_call, key=None).status == 404
    both = client.post(OPERATOR, "/callers/search", by_call | {"phone": PHONE}, key=None)
    assert both.code == "phone_or_call"


def test_mango_speaks_its_own_form(client: IntakeClient) -> None:
    now = int(clock.now().timestamp())
    leg = {"entry_id": "e1", "call_id": "l1", "timestamp": now, "seq": 1, "location": "ivr"}
    sides = {"from": {"number": "79161234567"}, "to": {"extension": "101", "line_number": "1"}}
    summary = {"entry_id": "e1", "call_direction": 1, "create_time": now, "entry_result": 0}

    mango(client, form(leg | sides | {"call_state": "Appeared"}))
    mango(client, form(leg | sides | {"call_state": "Connected"}))
    mango(client, form(leg | sides | {"call_state": "Disconnected"}))
    assert client.get(OPERATOR, "/live-calls").json["items"][0]["state"] == "ringing"
    assert call_backs(client) == []
    mango(client, form(summary | sides), "summary")
    assert len(call_backs(client)) == 1

    answered = leg | sides | {"entry_id": "e2", "location": "abonent", "call_state": "Connected"}
    mango(client, form(answered))
    assert call_backs(client) == []
    assert mango(client, form({"dtmf": "1"}), "dtmf").status == 200
    assert mango(client, form("no json")).code == "telephony_event_unreadable"


def test_an_answered_call_of_an_operator_reaches_the_caller(client: IntakeClient) -> None:
    say(client, "ended", "c1", **CALL)

    say(client, "ended", "o1", **CALL, direction="out")
    assert len(call_backs(client)) == 1
    say(client, "answered", "o2", **CALL, direction="out")
    client.world.settle()

    assert client.published("CallBackEnded")[0]["reason"] == "reached"
    assert client.get(HQ, "/call-backs", status="ended").json["items"][0]["missed"] == 1
