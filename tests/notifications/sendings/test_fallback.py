"""What was sent and of whose arrival nothing is heard takes the next channel, in its time."""

from datetime import timedelta

import pytest

from services.notifications.channels.port import Arrival
from services.notifications.channels.registry import Channels
from services.notifications.messages.repository import Messages
from services.notifications.sendings.fallback import awaits_arrival
from shared.events import cards
from tests.notifications.carrier_stage import START, Stage
from tests.notifications.fakes import ADDRESS, LEADER, OF_HOLDER, NotificationsHarness, rewritten
from tests.notifications.sendings.arrivals import arrived, events, only, way
from tests.notifications.work_items.inbox import calls
from tests.support.world import at

ISSUED = cards.CardIssued(**OF_HOLDER)
BLOCKED = cards.CardBlocked(**OF_HOLDER, reason="lost")


def test_news_of_whose_arrival_nothing_is_heard_for_six_hours_is_told_by_phone(
    stage: Stage,
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.tell()
    stage.let_pass(hours=5, minutes=59)
    assert way(stage) == ("sent", "sms", [])
    stage.let_pass(minutes=20)
    assert way(stage) == ("handed_over", "phone_task", ["smsc"])
    assert stage.copies() == [1]
    assert len(calls(stage.harness)) == 1
    # It was only late: whom it has reached, the staff need not call.
    arrived(stage)
    assert way(stage) == ("delivered", "sms", ["smsc"])
    (call,) = calls(stage.harness)
    assert (call["status"], call["ended_by"]) == ("done", "notifications.MessageDelivered")
    told = [each["data"]["channel"] for each in events(stage, "MessageSent", "MessageDelivered")]
    assert told == ["sms", "sms"]
    stage.let_pass(hours=8)
    assert (way(stage)[0], stage.copies()) == ("delivered", [1])


def test_what_was_in_doubt_and_then_taken_is_looked_at_again_like_any_other(stage: Stage) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.server.provider.fail("accept_then_timeout", 1, "smsc")
    stage.tell()
    stage.let_pass(hours=1)
    assert way(stage) == ("sent", "sms", [])
    stage.let_pass(hours=6)
    assert way(stage) == ("handed_over", "phone_task", ["smsc"])


def test_a_caller_is_given_a_phone_though_there_is_another_way_by_now(stage: Stage) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.tell()
    stage.let_pass(hours=6, minutes=15)
    (call,) = calls(stage.harness)
    stage.owners.change(channel="bot", address="chat-7")

    api = stage.harness.world.api("notifications", LEADER)
    opened = api.get(f"/inbox/{call['item_id']}/call")

    assert (opened.json["phone"], len(opened.json["news"])) == (ADDRESS, 1)


def test_what_has_arrived_takes_no_other_channel(stage: Stage) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.tell()
    arrived(stage)
    stage.let_pass(hours=8)
    assert way(stage) == ("delivered", "sms", [])
    assert stage.copies() == [1]


def test_a_carrier_whose_call_backs_the_stage_has_not_connected_makes_no_calls(
    stage: Stage,
) -> None:
    stage.only("smsc")
    stage.reach_by("smsc")
    stage.tell()
    stage.let_pass(hours=9)
    assert way(stage) == ("sent", "sms", [])


def test_mail_that_is_not_delivered_is_written_as_a_text_once(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    only(stage, "ses", "smsc")
    stage.reach_by("ses")
    stage.tell()
    stage.let_pass(hours=6, minutes=15)
    assert way(stage) == ("sent", "sms", ["ses"])
    arrived(stage)
    stage.let_pass(hours=8)
    assert way(stage) == ("delivered", "sms", ["ses"])
    assert stage.copies() == [2]
    assert '"message_fell_back":[' in capsys.readouterr().out


@pytest.mark.parametrize("provider", ["max", "vk", "telegram"])
def test_a_messenger_that_tells_of_no_arrival_gets_no_second_copy(
    stage: Stage, provider: str
) -> None:
    only(stage, provider, "smsc")
    stage.reach_by(provider)
    stage.tell()
    stage.let_pass(hours=9)
    assert way(stage) == ("sent", "bot", [])
    assert stage.copies() == [1]


def test_what_is_urgent_is_written_once_more_where_there_is_another_channel(stage: Stage) -> None:
    only(stage, "max", "smsc")
    stage.reach_by("max")
    stage.harness.tell(BLOCKED)
    stage.let_pass(minutes=14)
    assert way(stage) == ("sent", "bot", [])
    stage.let_pass(minutes=12)
    assert way(stage) == ("sent", "sms", ["max"])
    stage.let_pass(minutes=30)
    # The text tells of arrivals and was silent, too.
    assert way(stage) == ("handed_over", "phone_task", ["max", "smsc"])
    assert stage.copies() == [2]


ACTIVATED = cards.CardActivated(**OF_HOLDER, via="bot")


def test_what_a_person_has_just_done_itself_is_told_once(stage: Stage) -> None:
    only(stage, "max", "smsc")
    stage.reach_by("max")
    stage.harness.tell(ACTIVATED)
    stage.let_pass(hours=1)

    assert way(stage) == ("sent", "bot", [])
    assert stage.copies() == [1]


def test_nothing_is_done_where_nobody_else_can_be_asked_to_carry_it(stage: Stage) -> None:
    only(stage, "sns")
    stage.reach_by("sns")
    stage.harness.tell(BLOCKED)
    stage.let_pass(hours=1)
    # A text whose arrival nobody tells of is enough: it makes no call.
    assert way(stage) == ("sent", "sms", [])
    assert stage.message().get("due_at") is None


def test_a_code_that_has_expired_is_not_sent_again(stage: Stage) -> None:
    only(stage, "max", "smsc")
    stage.reach_by("max")
    stage.tell(urgent=True)
    stage.let_pass(hours=1)
    assert way(stage) == ("sent", "bot", [])


def test_what_does_not_hold_any_more_takes_no_other_channel(stage: Stage) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.harness.tell(ISSUED)
    stage.let_pass(hours=1)
    stage.harness.tell(cards.CardRevoked(**OF_HOLDER, reason="other"))
    stage.let_pass(hours=5, minutes=40)
    first = next(one for one in stage.harness.docs("MESSAGE") if "issued" in one["template"])
    assert (first["status"], first["channel"], first["doubts"]) == ("sent", "sms", [])


@pytest.mark.parametrize(("provider", "end"), [("smsc", "failed"), ("sns", "sent")])
def test_what_has_not_arrived_and_no_words_fit_any_more_is_work_where_that_is_known(
    stage: Stage, provider: str, end: str
) -> None:
    only(stage, provider, "ses")
    stage.reach_by(provider)
    stage.harness.tell(BLOCKED)
    rewritten(stage.harness, stage.message()["message_id"], variant="of_another_release")
    stage.let_pass(hours=1)
    assert stage.message()["status"] == end
    assert stage.copies() == [1]


def test_the_next_channel_waits_for_the_morning_too(stage: Stage) -> None:
    stage.now = START + timedelta(hours=8)  # 18:00: six hours later it is night
    stage.harness.world.set_time(stage.now)
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.tell()
    stage.let_pass(hours=14, minutes=50)
    assert way(stage) == ("sent", "sms", [])
    stage.let_pass(minutes=30)
    assert way(stage) == ("handed_over", "phone_task", ["smsc"])


def test_the_staff_and_what_its_carrier_assures_are_not_looked_at_again(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.tell(BLOCKED)
    assert harness.message()["status"] == "sent"
    harness.world.advance(at("2026-09-14 18:00"))
    assert len(harness.gateway.sends) == 1
    assert Channels({}, None).arrival("work_list") is Arrival.ASSURED  # type: ignore[arg-type]
    with harness.world.service("notifications"):
        message = Messages.connect().get(harness.message()["message_id"])
    assert awaits_arrival(message, Arrival.SILENT)
    of_staff = message.model_copy(update={"audience": "hq"})
    assert not awaits_arrival(of_staff, Arrival.REPORTED)
