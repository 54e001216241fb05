"""Events of telephony: signed, in any order, more than once, with one effect."""

import itertools
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.telephony.policy import CONFIGURATION
from services.intake.telephony.repository import id_of
from shared import clock
from tests.intake.api_client import (
    HQ,
    OPERATOR,
    PHONE,
    IntakeClient,
    just_before_the_next_write,
    staff,
)
from tests.intake.telephony.signed import (
    KEY,
    NAME,
    PROVIDERS,
    SALT,
    SECRET,
    call_backs,
    form,
    headers,
    mango,
    say,
)

CALL = {"phone": "79161234567", "operator": "101"}


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
        ("from the future", body, headers(body, age=-310)),
        ("another id", body, right | {"webhook-id": "msg_2"}),
        ("no number", body, right | {"webhook-timestamp": "x"}),
        ("endless", body, right | {"webhook-timestamp": "inf"}),
        ("no signature of a version", body, right | {"webhook-signature": "AAAA"}),
        ("no base64", body, right | {"webhook-signature": "v1,a v1,\u2026"}),
    ):
        assert client.api(None).call("POST", path, sent, headers=of).status == 401, place
    absent = client.api(None).call("POST", "/telephony/none/events", body, headers=right)
    assert absent.status == 401
    many = "&".join(["json=1"] * 11)
    for wrong in (form({"a": 1}, salt="x"), form({"a": 1}, key="x"), "json=%7B%7D", "\xff", many):
        assert mango(client, wrong).status == 401
    client.world.environment.pop("TELEPHONY_SECRETS")
    assert client.api(None).call("POST", path, body, headers=right).status == 401
    assert len(client.world.rows("intake-data")) == before


def test_while_the_secrets_are_mistyped_an_event_is_asked_for_again(client: IntakeClient) -> None:
    kept = client.world.parameters.values[NAME]
    client.world.parameters.values[NAME] = kept.replace('"secret"', '"sekret"')
    refused = say(client, "ended", "c1", answered=False, **CALL)
    assert (refused.status, "Retry-After" in refused.headers) == (503, True)

    client.world.parameters.values[NAME] = kept
    assert say(client, "ended", "c1", answered=False, **CALL).status == 200
    assert len(call_backs(client)) == 1


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("mango", {"key": ""}),
        ("mango", {"salt": ""}),
        ("mango", {"kind": "neutral"}),
        ("pbx", {"secret": SECRET.removeprefix("whsec_")}),
        ("pbx", {"secret": f"x{SECRET}"}),
        ("pbx", {"secret": f"{SECRET}x"}),
        ("pbx", {"secret": "whsec_" + "A" * 31}),
        ("pbx", {"secret": "whsec_" + "A" * 33}),
        ("pbx", {"region": "zr"}),
        ("pbx", {"lines": {"74950000002": ""}}),
        ("pbx", {"extra": "1"}),
    ],
)
def test_a_telephony_is_connected_with_secrets_that_can_be_verified(
    name: str, wrong: dict[str, Any]
) -> None:
    """By an empty key and salt whoever likes could sign."""
    CONFIGURATION.validate_python({name: PROVIDERS[name]})
    with pytest.raises(ValidationError) as refused:
        CONFIGURATION.validate_python({name: PROVIDERS[name] | wrong})
    assert "input_value" not in str(refused.value)


@pytest.mark.parametrize("name", ["", "p", "Pbx", "p bx", "1pbx", "p" * 33, "pbx\n"])
def test_a_telephony_has_a_name_for_an_address(name: str) -> None:
    with pytest.raises(ValidationError):
        CONFIGURATION.validate_python({name: PROVIDERS["pbx"]})


def test_the_secrets_of_a_telephony_are_in_no_text_of_it() -> None:
    text = repr(CONFIGURATION.validate_python(PROVIDERS))

    assert not [each for each in (SECRET, KEY, SALT) if each in text]


def test_every_order_of_events_and_every_repeat_has_the_same_effect(client: IntakeClient) -> None:
    events = [("ringing", {}), ("answered", {}), ("ended", {"answered": True})]
    for number, order in enumerate(itertools.permutations(events)):
        for kind, more in (*order, *order):
            assert say(client, kind, f"call-{number}", **CALL, **more).status == 200
        client.world.settle()

    assert call_backs(client) == []
    assert client.get(OPERATOR, "/live-calls").json["items"] == []
    rows = client.world.rows("intake-data")
    kept = [row for row in rows if row["sk"]["S"] == "PHONE_CALL"]
    phones = [row for row in rows if row["pk"]["S"].startswith("VAULT#cll_")]
    assert len(kept) == len(phones) == 6
    for row in (*kept, *phones):
        left = timedelta(seconds=int(row["expires_at"]["N"]) - time.time())
        assert timedelta(days=6) < left < timedelta(days=8)
    assert PHONE[2:] not in str(client.world.rows("intake-data")) + str(client.world.bus.log)


def test_an_end_that_says_nothing_of_an_answer_may_come_before_the_answer(
    client: IntakeClient,
) -> None:
    for name, kind, minute in (("c1", "ended", 36), ("c1", "answered", 30)):
        say(client, kind, name, **CALL | {"at": f"2026-09-14T05:{minute}:00Z"})
    say(client, "ended", "c2", **CALL, answered=True)  # nor has anything been said before

    assert call_backs(client) == []


def test_a_missed_call_is_called_back_once_and_an_answered_one_ends_it(
    client: IntakeClient,
) -> None:
    for _ in range(2):
        say(client, "ringing", "c1", **CALL)
        say(client, "ended", "c1", **CALL)
    say(client, "ended", "c2", **CALL | {"phone": "+7 916 123-45-67"})
    say(client, "ringing", "c2", **CALL | {"at": "2026-09-14T05:00:00Z"})  # before, but heard late
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


def test_two_calls_of_one_phone_at_once_ask_for_one_call_back(client: IntakeClient) -> None:
    say(client, "answered", "c1", **CALL)
    path, other = f"/live-calls/{id_of('pbx', 'c1')}/broken-off", CALL | {"phone": "79160000000"}

    with just_before_the_next_write(client, lambda: say(client, "ended", "c2", **CALL)):
        client.do(OPERATOR, path)
    with just_before_the_next_write(client, lambda: say(client, "ended", "c3", **other)):
        assert say(client, "ended", "c4", **other).status == 200

    assert [each["missed"] for each in call_backs(client)] == [1, 2]


def test_a_call_that_was_answered_before_the_missed_one_ends_nothing(
    client: IntakeClient,
) -> None:
    early = {"at": "2026-09-14T04:00:00Z"}

    say(client, "ended", "c1", **CALL)
    say(client, "answered", "c0", **CALL | early)

    assert len(call_backs(client)) == 1


@pytest.mark.parametrize(("direction", "minute"), [("in", 31), ("out", 31), ("in", 30)])
def test_who_got_through_since_is_not_called_back_when_the_missed_call_is_heard_of_late(
    client: IntakeClient, direction: str, minute: int
) -> None:
    missed, answered = {"at": "2026-09-14T05:30:00Z"}, {"at": f"2026-09-14T05:{minute}:00Z"}

    say(client, "answered", "c0", **CALL | {"at": "2026-09-14T05:10:00Z"})
    say(client, "answered", "c2", **CALL | answered, direction=direction)
    say(client, "ended", "c1", **CALL | missed)

    assert call_backs(client) == []
    say(client, "ended", "c3", **CALL)
    assert [each["missed"] for each in call_backs(client)] == [1]


def test_of_families_with_one_phone_the_one_that_cannot_wait_is_called_back_first(
    client: IntakeClient,
) -> None:
    client.asked()
    client.asked(other_person=True, urgency="urgent")

    say(client, "ended", "c1", **CALL)

    assert [each["urgent"] for each in call_backs(client)] == [True]


def test_the_region_is_that_of_the_line_and_a_hidden_number_is_left_alone(
    client: IntakeClient,
) -> None:
    elsewhere = staff("OP-Y", "hotline_operator", "YY")

    say(client, "ended", "c1", **CALL, line="74950000002")
    hidden = [say(client, "ended", "c2", phone="anonymous"), say(client, "ended", "c3")]
    say(client, "hold", "c4", **CALL)

    assert [each.status for each in hidden] == [200, 200], "what is refused is sent for ever"
    assert call_backs(client) == []
    assert len(client.get(elsewhere, "/call-backs").json["items"]) == 1
    unreadable = '{"type": "ended"}'
    answer = client.api(None).call(
        "POST", "/telephony/pbx/events", unreadable, headers=headers(unreadable)
    )
    assert (answer.status, answer.code) == (422, "telephony_event_unreadable")


@pytest.mark.parametrize("written", ["74950000002", "+7 495 000-00-02", "8 (495) 000 00 02"])
def test_a_line_is_the_same_in_any_spelling(written: str) -> None:
    """Whose call it is hangs on it, and each side writes the number in its own way."""
    sip = "sip:line7@vpbx4001.mangosip.ru"
    lines = {written: "YY", sip: "YY"}
    pbx = CONFIGURATION.validate_python({"pbx": PROVIDERS["pbx"] | {"lines": lines}})["pbx"]

    for called in ("74950000002", "+74950000002", "84950000002", "4950000002", sip, sip.upper()):
        assert pbx.region_of(called) == "YY", called
    for other in ("74950000003", "", "101", "sip:line8@vpbx4001.mangosip.ru"):
        assert pbx.region_of(other) == "ZR", other


def test_a_call_that_goes_on_fills_the_screen(client: IntakeClient) -> None:
    asked = client.asked()
    say(client, "ringing", "c1", **CALL)

    (live,) = client.get(OPERATOR, "/live-calls").json["items"]
    seen = client.post(OPERATOR, "/callers/search", {"call_id": live["id"]}, key=None).json

    say(client, "ringing", "o1", **CALL, direction="out")
    say(client, "ringing", "c0", **CALL | {"at": "2026-09-14T05:00:00Z"})
    listed = client.get(OPERATOR, "/live-calls").json["items"]
    assert [each["id"] for each in listed] == [id_of("pbx", each) for each in ("c1", "c0")]
    first = client.get(OPERATOR, "/live-calls", limit=1).json
    rest = client.get(OPERATOR, "/live-calls", limit=1, cursor=first["next_cursor"]).json
    assert [*first["items"], *rest["items"]] == listed
    assert (live["state"], live["extension"]) == ("ringing", "101")
    assert (seen["phone"], seen["known"]) == (PHONE, True)
    assert seen["families"][0]["id"] == asked["family_id"]
    foreign = staff("OP-Y", "hotline_operator", "YY")
    by_call = {"call_id": live["id"]}
    assert client.post(foreign, "/callers/search", by_call, key=None).status == 404
    client.wait(3.9 / 24)
    assert client.get(OPERATOR, "/live-calls").json["items"] == [live]
    client.wait(0.2 / 24)
    assert client.get(OPERATOR, "/live-calls").json["items"] == []
    both = client.post(OPERATOR, "/callers/search", by_call | {"phone": PHONE}, key=None)
    assert both.code == "phone_or_call"


def test_an_event_of_another_kind_is_acknowledged_and_counted(
    client: IntakeClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """A provider sends again what is not taken; of these kinds no field is asked for."""
    record = {"entry_id": "e1", "recording_id": "r1", "timestamp": 1, "user_id": -1}
    before = len(client.world.rows("intake-data"))
    kinds = ("recording", "dtmf", "sms", "record/added", "record/tagged", "recognized/offline")
    for kind in kinds:
        assert mango(client, form(record), kind).status == 200, kind
    body = json.dumps({"type": "recording.ready." + "x" * 60, "recording": {"url": "…"}})
    neutral = client.api(None).call("POST", "/telephony/pbx/events", body, headers=headers(body))

    assert (neutral.status, neutral.json) == (200, {"accepted": True})
    counted = [line for line in capsys.readouterr().out.splitlines() if "_events_left" in line]
    assert len([line for line in counted if "_aws" in line]) == len(kinds) + 1
    assert len(client.world.rows("intake-data")) == before
    assert mango(client, form(record, salt="x"), "record/added").status == 401


def test_a_providers_clock_that_is_ahead_loses_no_answered_call(client: IntakeClient) -> None:
    say(client, "ended", "c1", **CALL | {"at": "2099-01-01T00:00:00Z"})
    assert len(call_backs(client)) == 1
    client.wait(1 / 24)

    say(client, "answered", "c2", **CALL)

    assert call_backs(client) == []


@pytest.mark.parametrize("spelt", ["9161234567", "89161234567", "79161234567", "+7 916 1234567"])
def test_a_phone_without_its_country_code_is_one_of_this_country(
    client: IntakeClient, spelt: str
) -> None:
    client.asked()
    say(client, "ended", "c1", **CALL | {"phone": spelt})
    say(client, "ended", "c2", **CALL | {"phone": "8613812345678"})
    say(client, "ended", "c3", **CALL | {"phone": "12025550123"})

    assert [each["known"] for each in call_backs(client)] == [True, False, False]


def test_an_answered_call_of_an_operator_reaches_the_caller(client: IntakeClient) -> None:
    say(client, "ended", "c1", **CALL)

    say(client, "ended", "o1", **CALL, direction="out")
    assert len(call_backs(client)) == 1
    say(client, "answered", "o2", **CALL, direction="out")
    client.world.settle()

    assert client.published("CallBackEnded")[0]["reason"] == "reached"
    assert client.get(HQ, "/call-backs", status="ended").json["items"][0]["missed"] == 1


def test_who_was_cut_off_is_called_back_soon_whatever_telephony_says_later(
    client: IntakeClient,
) -> None:
    say(client, "answered", "c1", **CALL)
    (live,) = client.get(OPERATOR, "/live-calls").json["items"]
    assert live["state"] == "talking"
    path = f"/live-calls/{live['id']}/broken-off"
    for other in (HQ, staff("OP-Y", "hotline_operator", "YY")):
        assert client.post(other, path).status == 404

    answer = client.post(OPERATOR, path)
    asked = answer.json
    assert answer.headers["Location"].endswith(f"/v1/call-backs/{asked['id']}")
    for kind, who in (("answered", OPERATOR), ("ended", staff("OP-2", "hotline_operator"))):
        say(client, kind, "c1", **CALL, answered=kind == "ended")
        assert client.do(who, path)["id"] == asked["id"]
    say(client, "answered", "c1", **CALL | {"operator": "102"})  # passed on, heard late
    client.world.settle()

    assert client.get(OPERATOR, "/live-calls").json["items"] == []
    (waiting,) = call_backs(client)
    said = (waiting["broke_off"], waiting["missed"], waiting["urgent"], waiting["due_at"][:16])
    assert said == (True, 0, True, "2026-09-14T05:50")
    assert [event["urgent"] for event in client.published("CallBackAsked")] == [True]
    client.do(OPERATOR, f"/call-backs/{asked['id']}/claim")
    assert client.get(OPERATOR, f"/call-backs/{asked['id']}/phone").json == {"phone": PHONE}
    client.do(OPERATOR, f"/call-backs/{asked['id']}/attempts", {"result": "reached"})
    late = client.post(OPERATOR, path)
    assert (late.status, late.code) == (409, "call_back_is_ended")


def test_who_asked_to_be_forgotten_during_the_call_is_called_back_no_more(
    client: IntakeClient,
) -> None:
    """There is no phone to call: the work would wait for a week and climb to the headquarters."""
    family = client.asked()["family_id"]
    say(client, "answered", "c1", **CALL)
    client.do(HQ, f"/families/{family}/erase", {"reason": "person_asked", "evidence": "written"})

    late = client.post(OPERATOR, f"/live-calls/{id_of('pbx', 'c1')}/broken-off")

    assert (late.status, late.code) == (409, "call_back_is_ended")
    assert call_backs(client) == []


def test_who_was_cut_off_and_rang_again_waits_once_or_no_more(client: IntakeClient) -> None:
    for call, kind, minute in (("c1", "answered", 30), ("c2", "ended", 31)):
        say(client, kind, call, **CALL | {"at": f"2026-09-14T05:{minute}:00Z"})
    path = f"/live-calls/{id_of('pbx', 'c1')}/broken-off"

    client.do(OPERATOR, path)
    (waiting,) = call_backs(client)
    said = (waiting["missed"], waiting["broke_off"], waiting["urgent"], waiting["missed_at"])
    assert said == (1, True, True, "2026-09-14T05:31:00Z")
    say(client, "answered", "c3", **CALL)
    assert client.post(OPERATOR, path).code == "call_back_is_ended"
    assert call_backs(client) == []
