"""Mango Office: its form, its legs and summaries, its clock."""

from typing import Any

import pytest

from services.intake.telephony.commands import MangoCall, MangoSummary
from shared import clock
from tests.intake.api_client import OPERATOR, IntakeClient
from tests.intake.telephony.signed import call_backs, form, mango

LINE = "74950000002"


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
    early = leg | sides | {"call_state": "Appeared", "timestamp": 1}
    for nothing in ("no json", early, summary | sides | {"create_time": 0}):
        assert mango(client, form(nothing)).code == "telephony_event_unreadable"


@pytest.mark.parametrize("ahead", [0, 3 * 3600])
def test_mangos_seconds_of_utc_or_of_moscow_keep_the_order_of_calls(
    client: IntakeClient, ahead: int
) -> None:
    """Whichever they are: a call that was answered before the missed one ends no call-back."""
    with client.world.service("intake"):
        now = int(clock.now().timestamp()) + ahead
    mango(client, form(ending("e1", create_time=now - 600)), "summary")

    mango(client, form(leg("e0", "Connected", timestamp=now - 900)))
    assert [each["missed_at"] for each in call_backs(client)] == ["2026-09-14T05:30:00Z"]
    mango(client, form(leg("e2", "Connected", timestamp=now - 300)))
    assert call_backs(client) == []


def leg(entry: str, state: str, **more: Any) -> dict[str, Any]:
    """One leg of a call as Mango's documentation shows it: times and extensions are numbers."""
    said = {"entry_id": entry, "call_id": f"MTox{entry}", "seq": 1, "location": "abonent"}
    known = {
        "timestamp": str(int(clock.now().timestamp())),
        "call_state": state,
        "dct": {"type": 0},
    }
    client_side = {"from": {"number": "79161234567"}}
    office = {"to": {"extension": 101, "number": "sip:user6@vpbx4001.mangosip.ru"}}
    return {**said, **known, **client_side, **office, **more}


def ending(entry: str, **more: Any) -> dict[str, Any]:
    """How a call has ended, as Mango says it."""
    now = int(clock.now().timestamp())
    times = {"create_time": now, "forward_time": now, "talk_time": 0, "end_time": now}
    sides = {"from": {"number": "79161234567"}, "to": {"extension": "101", "number": "sip:u@x.ru"}}
    known = {"call_direction": 1, "entry_result": 0, "disconnect_reason": 1110}
    return {"entry_id": entry, "line_number": "74959266384", **times, **sides, **known, **more}


@pytest.mark.parametrize(
    ("state", "more", "said"),
    [
        ("Appeared", {}, ("ringing", "in")),
        ("Appeared", {"location": "ivr"}, ("ringing", "in")),
        ("Connected", {}, ("answered", "in")),
        ("Connected", {"location": "ivr"}, None),
        ("Disconnected", {}, None),
        ("Connected", {"from": {"extension": 101}, "to": {"number": "7"}}, ("answered", "out")),
    ],
)
def test_a_leg_of_mango_says_that_it_rings_or_is_answered_and_who_calls(
    state: str, more: dict[str, Any], said: tuple[str, str] | None
) -> None:
    fact = MangoCall.model_validate(leg("e1", state, **more)).fact()
    assert (None if fact is None else (fact.heard, fact.direction)) == said
    assert fact is None or fact.extension == "101"


def test_mango_says_which_line_was_called_and_who_took_the_call() -> None:
    colleague, line = {"extension": 101, "line_number": LINE}, {"line_number": LINE}
    out = {"from": colleague, "to": {"number": "79161234567"}}
    facts = (
        MangoCall.model_validate(leg("e1", "Appeared", to=line)).fact(),
        MangoCall.model_validate(leg("e2", "Connected", to=colleague)).fact(),
        MangoCall.model_validate(leg("e3", "Connected", **out)).fact(),
        MangoSummary.model_validate(ending("e2", line_number=LINE)).fact(),
        MangoSummary.model_validate(ending("e3", call_direction=2, line_number=LINE, **out)).fact(),
    )

    said = [(each.line, each.extension, each.phone) for each in facts if each is not None]
    phone = "79161234567"
    assert said == [(LINE, None, phone), *[(LINE, "101", phone)] * 4]


def test_mangos_legs_that_say_nothing_of_a_caller_end_no_call_back(client: IntakeClient) -> None:
    mango(client, form(ending("e1")), "summary")
    assert len(call_backs(client)) == 1
    colleague = {"extension": 321, "number": "79161234567"}
    line = {"number": "74959266384", "line_number": "sip:line7@vpbx4001.mangosip.ru"}
    for entry, more in (
        ("o1", {"callback_initiator": "API"}),  # rings the operator first, as if the caller did
        ("o2", {"task_id": 12345}),
        ("o3", {"command_id": "cmd.2"}),
        ("o4", {"from": {"extension": 101, "number": "79161234567"}, "to": colleague}),
        ("o5", {"to": {"number": "79161234567"}}),
        ("o6", {"location": "queue"}),
        ("o7", {"location": "ivr", "to": line}),
        ("o8", {"call_state": "OnHold"}),
    ):
        assert mango(client, form(leg(entry, "Connected") | more)).status == 200, entry
    for entry, end in (
        ("b1", {"disconnect_reason": 1151, "from": {"number": "79160000002"}}),
        ("b2", {"disconnect_reason": 1152, "from": {"number": "79160000004"}}),
        ("b3", {"disconnect_reason": 4502, "from": {"number": "79160000005"}}),
        ("b4", {"call_direction": 0, "from": {"number": "79160000003"}}),
    ):
        assert mango(client, form(ending(entry) | end), "summary").status == 200, entry
    assert len(call_backs(client)) == 1
    for nothing in ("from", "to", "location"):
        bare = {name: said for name, said in leg("n1", "Appeared").items() if name != nothing}
        assert mango(client, form(bare)).status == 200, nothing

    moved = leg("t1", "Connected", command_id="route.1")
    moved["from"] = moved["from"] | {"taken_from_call_id": "100:500:256"}
    mango(client, form(moved))
    client.world.settle()
    assert [each["reason"] for each in client.published("CallBackEnded")] == ["called_again"]


def test_an_event_of_mango_that_is_sent_again_for_ever_calls_nobody_back(
    client: IntakeClient,
) -> None:
    """Its signature knows no time: after a week the call is known no more, and looks new."""
    with client.world.service("intake"):
        now = int(clock.now().timestamp())
    mango(client, form(ending("e1", create_time=now - 8 * 86400)), "summary")
    mango(client, form(leg("e2", "Appeared", timestamp=now - 8 * 86400)))
    assert call_backs(client) == []
    assert [row for row in client.world.rows("intake-data") if "cll_" in row["pk"]["S"]] == []

    mango(client, form(ending("e3", create_time=now - 6 * 86400)), "summary")
    assert len(call_backs(client)) == 1


def test_a_call_that_mango_was_ordered_to_make_is_over_by_its_summary(client: IntakeClient) -> None:
    mango(client, form(ending("e1")), "summary")
    mango(client, form(leg("o1", "Connected", callback_initiator="MissGroupCallCallback")))
    sides = {"from": {"extension": 101, "number": "sip:u@x.ru"}, "to": {"number": "79161234567"}}

    mango(client, form(ending("o1", call_direction=2, entry_result=0) | sides), "summary")
    assert len(call_backs(client)) == 1
    mango(client, form(ending("o2", call_direction=2, entry_result=1) | sides), "summary")
    client.world.settle()

    assert [each["reason"] for each in client.published("CallBackEnded")] == ["reached"]
