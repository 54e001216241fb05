"""A missed call is called back: claimed by one, tried a few times, ended with a message."""

import time
from datetime import timedelta
from typing import Any

import pytest

from services.intake.call_backs.repository import CallBacks
from services.intake.call_backs.use_cases import time_is_up
from services.intake.telephony.repository import id_of
from shared import dependencies
from shared.domain import NO_CALENDAR
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.intake.api_client import HQ, OPERATOR, PHONE, IntakeClient, staff
from tests.intake.telephony import signed
from tests.support.world import at

OTHER = staff("OP-2", "hotline_operator")
FOREIGN = staff("OP-Y", "hotline_operator", "YY")


@pytest.fixture(autouse=True)
def connected(client: IntakeClient) -> None:
    signed.connect(client)


def missed(client: IntakeClient, phone: str = PHONE, call: str = "c1") -> Any:
    """A call-back for a missed call."""
    signed.say(client, "ended", call, phone=phone)
    client.world.settle()
    return client.get(OPERATOR, "/call-backs").json["items"][0]


def test_one_operator_claims_it_and_alone_sees_the_phone(client: IntakeClient) -> None:
    waiting = missed(client)
    path = f"/call-backs/{waiting['id']}"
    early = client.get(OPERATOR, f"{path}/phone")
    assert (early.status, early.code) == (409, "call_back_is_open")
    assert [step["action"] for step in early.json["next_steps"]] == ["claim"]
    assert waiting["next_steps"] == ["claim"]
    (seen_by_hq,) = client.get(HQ, "/call-backs").json["items"]
    assert seen_by_hq["next_steps"] == client.get(HQ, path).json["next_steps"] == []

    client.do(OPERATOR, f"{path}/claim")

    assert client.do(OPERATOR, f"{path}/claim")["status"] == "claimed"
    assert client.get(OPERATOR, f"{path}/phone").json == {"phone": PHONE}
    late = client.post(OTHER, f"{path}/claim")
    assert (late.status, late.code) == (409, "call_back_is_claimed")
    assert client.get(OPERATOR, path).json["next_steps"] == ["record_attempt"]
    assert late.json["next_steps"] == client.get(OTHER, path).json["next_steps"] == []
    assert client.get(OTHER, f"{path}/phone").code == "call_back_is_claimed"
    other = client.post(OTHER, f"{path}/attempts", {"result": "busy"})
    assert (other.status, other.code) == (409, "call_back_is_claimed")
    assert client.get(HQ, f"{path}/phone").status == 403
    assert client.get(FOREIGN, path).status == 404
    client.world.advance(at("2026-09-14 09:56"))
    assert client.get(OPERATOR, path).json["status"] == "open"
    client.do(OTHER, f"{path}/claim")


def test_a_claim_whose_end_is_said_twice_is_given_back_once(client: IntakeClient) -> None:
    """The next operator may have claimed it between."""
    waiting = missed(client)
    path = f"/call-backs/{waiting['id']}"
    client.do(OPERATOR, f"{path}/claim")
    client.world.advance(at("2026-09-14 09:56"))

    def said_again() -> Any:
        with client.world.service("intake"):
            context = CommandContext(system("time_is_up"), "time_is_up", "cor_1")
            time_is_up(waiting["id"], context, **dependencies.connected(time_is_up))
        return client.get(OTHER, path).json["status"]

    assert said_again() == "open"
    client.do(OTHER, f"{path}/claim")
    assert said_again() == "claimed"


def test_calls_in_vain_are_repeated_later_and_end_with_one_message(client: IntakeClient) -> None:
    waiting = missed(client)
    path, due = f"/call-backs/{waiting['id']}", [waiting["due_at"]]
    unclaimed = client.post(OPERATOR, f"{path}/attempts", {"result": "busy"})
    assert (unclaimed.status, unclaimed.code) == (409, "call_back_is_open")
    assert [step["action"] for step in unclaimed.json["next_steps"]] == ["claim"]
    assert client.post(HQ, f"{path}/attempts", {"result": "busy"}).status == 403

    for result in ("no_answer", "busy", "no_answer"):
        client.do(OPERATOR, f"{path}/claim")
        client.do(OPERATOR, f"{path}/attempts", {"result": result})
        left = client.get(OPERATOR, path).json
        assert left["claimed_by"] is None  # the next call is anybody's
        due.append(left["due_at"])

    asked = [(each["attempts"], each["tried"]) for each in client.published("CallBackAsked")]
    assert asked == [(0, False), (1, True), (2, True)]
    times = ["2026-09-14T06:10", "2026-09-14T06:10", "2026-09-14T08:40", "2026-09-14T08:40"]
    assert [each[:16] for each in due] == times
    (ended,) = client.published("CallBackEnded")
    assert (ended["reason"], ended["acknowledged"]) == ("not_reached", True)
    assert client.post(OPERATOR, f"{path}/claim").code == "call_back_is_ended"
    question = {"template": "call_back_ended_family", "reference": waiting["id"]}
    question |= {"event_id": "evt_1"}
    answer = client.world.call("intake", "resolve_recipients", {"items": [question]})
    (found,) = answer["recipients"]
    assert (found["channel"], found["address"]) == ("sms", PHONE)
    assert found["variables"] == {"first_name": ""}


def test_who_rang_from_a_landline_is_neither_written_to_nor_called_about_it(
    client: IntakeClient,
) -> None:
    path = f"/call-backs/{missed(client, phone='+74951234567')['id']}"
    for _ in range(3):
        client.do(OPERATOR, f"{path}/claim")
        client.do(OPERATOR, f"{path}/attempts", {"result": "no_answer"})

    told = client.told(path.split("/")[-1], "call_back_ended_family")
    assert told["refused"] == "no_channel"


def test_a_stranger_is_written_to_three_times_a_day_at_most(client: IntakeClient) -> None:
    for call in range(4):
        path = f"/call-backs/{missed(client, call=f'c{call}')['id']}"
        for _ in range(3):
            client.do(OPERATOR, f"{path}/claim")
            client.do(OPERATOR, f"{path}/attempts", {"result": "no_answer"})

    told = [event["acknowledged"] for event in client.published("CallBackEnded")]
    assert told == [True, True, True, False]


@pytest.mark.parametrize(("result", "reason"), [("reached", "reached"), ("wrong_number",) * 2])
def test_who_is_reached_needs_no_other_call(client: IntakeClient, result: str, reason: str) -> None:
    path = f"/call-backs/{missed(client)['id']}"
    client.do(OPERATOR, f"{path}/claim")

    client.do(OPERATOR, f"{path}/attempts", {"result": result})

    assert client.published("CallBackEnded")[0]["reason"] == reason
    with client.world.service("intake"):
        ended = CallBacks.connect().get(path.split("/")[-1])
    assert ended.phone_goes_at is ended.next_deadline(NO_CALENDAR) is None
    (row,) = (each for each in client.world.rows("intake-data") if each["sk"]["S"] == "CALL_BACK")
    kept = timedelta(seconds=int(row["expires_at"]["N"]) - time.time())
    assert timedelta(days=29) < kept < timedelta(days=31)
    assert client.get(OPERATOR, "/call-backs").json["items"] == []


def test_who_talks_when_telephony_ends_the_call_back_learns_that_it_is_over(
    client: IntakeClient,
) -> None:
    path = f"/call-backs/{missed(client)['id']}"
    client.do(OPERATOR, f"{path}/claim")
    signed.say(client, "answered", "c2", phone=PHONE, direction="out", operator="101")

    said = client.post(OPERATOR, f"{path}/attempts", {"result": "reached"})

    assert (said.status, said.code) == (409, "call_back_is_ended")


def test_a_family_that_cannot_wait_and_who_rings_often_are_called_sooner(
    client: IntakeClient,
) -> None:
    client.asked(urgency="urgent")
    family = missed(client)
    assert (family["known"], family["urgent"]) == (True, True)
    assert family["due_at"][:16] == "2026-09-14T05:50"

    for call in range(3):
        signed.say(client, "ended", f"o{call}", phone="+79160000000")
    client.world.settle()

    stranger = client.get(OPERATOR, "/call-backs").json["items"][1]
    assert (stranger["missed"], stranger["urgent"]) == (3, True)
    assert stranger["due_at"][:16] == "2026-09-14T05:50"
    asked = [(event["urgent"], event["tried"]) for event in client.published("CallBackAsked")]
    assert asked[1:] == [(False, False), (True, False)]


def test_who_cannot_wait_is_not_made_to_by_ringing_again(client: IntakeClient) -> None:
    client.asked(urgency="urgent")
    first = missed(client)
    client.world.advance(at("2026-09-14 09:43"))

    again = missed(client, call="c2")

    assert (first["urgent"], again["urgent"], again["missed"]) == (True, True, 2)
    assert again["due_at"] == first["due_at"]
    client.wait(40 / 60 / 24)
    assert [each["urgent"] for each in client.published("CallBackOverdue")] == [True]


def test_who_rings_a_third_time_is_urgent_also_when_a_call_is_due_at_once(
    client: IntakeClient,
) -> None:
    for call, minute in (("c1", 40), ("c2", 41)):
        client.world.set_time(at(f"2026-09-14 09:{minute}"))
        first = missed(client, call=call)
    client.world.advance(at("2026-09-14 10:05"))

    again = missed(client, call="c3")

    assert (again["due_at"], again["urgent"]) == (first["due_at"], True)
    assert [each["urgent"] for each in client.published("CallBackAsked")] == [False, True]


def test_the_last_missed_call_counts_whenever_it_is_heard_of(client: IntakeClient) -> None:
    """An answer between two missed calls, told last, is no answer to the later one."""
    for call, minute in (("late", "05:39"), ("early", "05:20")):
        signed.say(client, "ended", call, phone=PHONE, at=f"2026-09-14T{minute}:00Z")
    signed.say(client, "answered", "between", phone=PHONE, at="2026-09-14T05:30:00Z")

    (waiting,) = client.get(OPERATOR, "/call-backs").json["items"]
    assert (waiting["missed"], waiting["missed_at"]) == (2, "2026-09-14T05:39:00Z")


def test_who_took_a_call_is_known_though_later_events_do_not_say_it(client: IntakeClient) -> None:
    signed.say(client, "ringing", "c1", phone=PHONE, operator="101")
    signed.say(client, "answered", "c1", phone=PHONE)

    (live,) = client.get(OPERATOR, "/live-calls").json["items"]
    assert (live["state"], live["extension"]) == ("talking", "101")
    signed.say(client, "answered", "c1", phone=PHONE, operator="102")  # passed on
    (live,) = client.get(OPERATOR, "/live-calls").json["items"]
    assert live["extension"] == "102"


def test_a_call_back_ends_when_the_phone_is_kept_no_longer(client: IntakeClient) -> None:
    path = f"/call-backs/{missed(client)['id']}"
    client.wait(3)
    missed(client, call="c2")
    client.wait(5)
    assert client.get(OPERATOR, path).json["status"] == "open"
    (row,) = (each for each in client.world.rows("intake-data") if each["sk"]["S"] == "CALL_BACK")
    assert id_of("pbx", "c2") in row["doc"]["S"]  # whose record has the phone for longer

    client.wait(2.1)

    view = client.get(OPERATOR, path).json
    assert (view["status"], view["end_reason"], view["attempts"]) == ("ended", "expired", [])
    (ended,) = client.published("CallBackEnded")
    assert (ended["reason"], client.get(OPERATOR, "/call-backs").json["items"]) == ("expired", [])
    assert missed(client, call="c3")["missed"] == 1


def test_headquarters_hears_of_each_call_that_nobody_makes(client: IntakeClient) -> None:
    waiting = missed(client)

    def told() -> list[bool]:
        return [each["urgent"] for each in client.published("CallBackOverdue")]

    client.wait(4 / 24)
    assert told() == []
    client.wait(1 / 24)
    assert told() == [False]
    client.wait(1)
    assert told() == [False], "once for one call"
    client.do(OPERATOR, f"/call-backs/{waiting['id']}/claim")
    client.do(OPERATOR, f"/call-backs/{waiting['id']}/attempts", {"result": "busy"})
    client.wait(5 / 24)
    assert told() == [False, False]
    client.do(OPERATOR, f"/call-backs/{waiting['id']}/claim")
    client.do(OPERATOR, f"/call-backs/{waiting['id']}/attempts", {"result": "reached"})
    client.wait(2)
    assert len(told()) == 2


def test_a_call_that_is_heard_of_late_is_somebodys_task_while_its_phone_is_kept(
    client: IntakeClient,
) -> None:
    """The telephony was down for longer than a phone is kept; then it tells all that was."""
    signed.say(client, "ended", "c1", phone=PHONE, at="2026-09-05T09:00:00Z")
    client.world.settle()
    client.wait(6.9)

    (waiting,) = client.get(OPERATOR, "/call-backs").json["items"]
    assert waiting["missed_at"] == "2026-09-05T09:00:00Z"
    client.do(OPERATOR, f"/call-backs/{waiting['id']}/claim")
    assert client.get(OPERATOR, f"/call-backs/{waiting['id']}/phone").json == {"phone": PHONE}
