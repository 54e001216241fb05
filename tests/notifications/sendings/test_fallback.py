"""What was sent and of whose arrival nothing is heard takes the next channel, in its time."""

from datetime import timedelta
from typing import Any

import pytest

from infra.fake_carriers import call_back
from services.notifications.channels.port import Arrival, DeliveryReport, DeliveryStatus
from services.notifications.channels.registry import Channels
from services.notifications.messages.values import MessageStatus
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.sendings.fallback import awaits_arrival
from services.notifications.sendings.ledger import SendLedger
from services.notifications.webhooks.repository import StoredUpdates
from services.notifications.webhooks.use_cases import handle_update
from shared.events import cards, intake
from shared.events.notifications import MessageFailed
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.carrier_stage import START, Stage
from tests.notifications.fakes import (
    ADDRESS,
    HQ,
    LEADER,
    OF_CASE,
    OF_HOLDER,
    NotificationsHarness,
    rewritten,
)
from tests.notifications.news import RECEIVED
from tests.notifications.pacing.test_gathering import bursted
from tests.notifications.work_items.inbox import heard
from tests.support.world import at

ISSUED = cards.CardIssued(**OF_HOLDER)
BLOCKED = cards.CardBlocked(**OF_HOLDER, reason="lost")


def only(stage: Stage, *names: str) -> None:
    """Let the stage have these carriers; those that can, report arrivals."""
    known = stage.server.configuration()
    reports = ("smsc", "sms_aero", "ses")
    stage.configure(**{n: known[n] | ({"reports": True} if n in reports else {}) for n in names})


def way(stage: Stage) -> tuple[str, str | None, list[str]]:
    message = stage.message()
    return message["status"], message["channel"], message["doubts"]


def arrived(stage: Stage, failed: bool = False) -> None:
    """The provider of the text message says what became of it."""
    hear(stage, stage.message()["message_id"], failed)


def hear(stage: Stage, message_id: str, failed: bool = False) -> None:
    """The provider of text messages says what became of one."""
    said = call_back("smsc", message_id, ADDRESS, failed)
    api = stage.harness.world.api("notifications", None)
    answer = api.call("POST", "/webhooks/smsc", said.body, headers=said.headers)
    assert answer.status == 200
    stage.harness.world.settle()


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
    assert [one["kind"] for one in stage.harness.docs("WORK_ITEM")].count("tell_by_phone") == 1
    # It was only late: whom it has reached, the staff need not call.
    arrived(stage)
    assert way(stage) == ("delivered", "sms", ["smsc"])
    (call,) = calls(stage)
    assert (call["status"], call["ended_by"]) == ("done", "notifications.MessageDelivered")
    told = [each["data"]["channel"] for each in events(stage, "MessageSent", "MessageDelivered")]
    assert told == ["sms", "sms"]
    stage.let_pass(hours=8)
    assert (way(stage)[0], stage.copies()) == ("delivered", [1])


def test_a_call_goes_on_for_the_other_news_when_one_of_them_has_arrived_after_all(
    stage: Stage,
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    tell_two(stage)
    stage.let_pass(hours=6, minutes=15)
    (call,) = calls(stage)
    first, second = call["calls"]
    assert len(call["news"]) == 2
    hear(stage, second)
    (left,) = calls(stage)
    assert (left["calls"], left["news"], left["message_id"]) == ([first], call["news"][:1], first)
    assert (left["template"], left["status"]) == (call["news"][0], "new")
    api = stage.harness.world.api("notifications", HQ)
    opened = api.get(f"/inbox/{call['item_id']}/call").json
    assert [one["message_id"] for one in opened["news"]] == [first]
    hear(stage, first)
    assert calls(stage)[0]["status"] == "done"
    # What the caller says after that is of nothing.
    told = {"reason": "done", "heard": [first, second]}
    assert api.post(f"/inbox/{call['item_id']}/done", told, key="k1").status == 409
    of_family = [one for one in stage.harness.docs("MESSAGE") if one["audience"] == "family"]
    assert {one["status"] for one in of_family} == {"delivered"}


def test_a_call_is_over_when_its_last_news_that_is_still_to_be_told_has_arrived_after_all(
    stage: Stage,
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    tell_two(stage)
    stage.let_pass(hours=6, minutes=15)
    first, second = calls(stage)[0]["calls"]
    rewritten(stage.harness, first, status=MessageStatus.WITHHELD, reason="outdated")

    hear(stage, second)

    assert [(one["status"], one["ended_by"]) for one in calls(stage)] == [
        ("done", "notifications.MessageDelivered")
    ]


def test_a_caller_is_given_a_phone_though_there_is_another_way_by_now(stage: Stage) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.tell()
    stage.let_pass(hours=6, minutes=15)
    (call,) = calls(stage)
    stage.owners.change(channel="bot", address="chat-7")

    api = stage.harness.world.api("notifications", LEADER)
    opened = api.get(f"/inbox/{call['item_id']}/call")

    assert (opened.json["phone"], len(opened.json["news"])) == (ADDRESS, 1)


def test_what_has_arrived_after_all_keeps_that_when_its_call_is_closed_at_the_same_time(
    stage: Stage,
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.tell()
    stage.let_pass(hours=6, minutes=15)
    (call,) = calls(stage)
    api = stage.harness.world.api("notifications", LEADER)
    path = f"/inbox/{call['item_id']}"
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    with stage.harness.world.service("notifications"):
        ledger = SendLedger.connect()
        context = CommandContext(system("notifications"), "hear_delivery", "cor_1")
        report = DeliveryReport(DeliveryStatus.DELIVERED)
        ledger.hear(ledger.messages.get(call["calls"][0]), "smsc", report, context)
    stage.harness.world.settle()
    assert way(stage) == ("delivered", "sms", ["smsc"])
    assert [len(events(stage, each)) for each in ("MessageSent", "MessageDelivered")] == [1, 1]
    assert calls(stage)[0]["unsettled"] == []


def test_all_news_of_a_digest_in_doubt_is_heard_of_with_it(stage: Stage) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    bursted(stage.harness)
    stage.let_pass(minutes=11)
    stage.let_pass(hours=6, minutes=19)
    (digest,) = [one for one in stage.harness.docs("MESSAGE") if one["parts_in_doubt"]]
    told_alone = [one for one in stage.harness.docs("MESSAGE") if one["audience"] == "holder"]
    assert [one["status"] for one in told_alone] == ["handed_over"] * 4
    hear(stage, digest["message_id"])
    told = [one for one in stage.harness.docs("MESSAGE") if one["audience"] == "holder"]
    heard = [one["message_id"] for one in told if one["status"] == "delivered"]
    assert sorted(heard) == sorted((digest["message_id"], *digest["parts_in_doubt"]))
    (call,) = calls(stage)
    assert (len(heard), len(call["calls"]), call["status"]) == (3, 1, "new")


def test_what_is_heard_of_a_message_says_nothing_of_news_that_was_inside_of_another_try(
    stage: Stage,
) -> None:
    only(stage, "ses", "smsc")
    stage.reach_by("ses")
    bursted(stage.harness)
    stage.let_pass(minutes=11)
    stage.let_pass(hours=6, minutes=19)
    (digest,) = [one for one in stage.harness.docs("MESSAGE") if one["parts_in_doubt"]]
    assert digest["channel"] == "sms"
    hear(stage, digest["message_id"])
    found = {one["message_id"]: one["status"] for one in stage.harness.docs("MESSAGE")}
    assert found[digest["message_id"]] == "delivered"
    assert {found[each] for each in digest["parts_in_doubt"]} == {"sent"}


def test_a_report_waits_for_the_worker_that_has_the_message_and_a_read_one_says_delivered(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    whole = Channels.send

    def reported_at_once(self: Channels, name: str, message: Any) -> Any:
        answer = whole(self, name, message)
        said = call_back("smsc", message.message_id, ADDRESS, status="2")
        api = stage.harness.world.api("notifications", None)
        assert api.call("POST", "/webhooks/smsc", said.body, headers=said.headers).status == 200
        (update,) = stage.harness.docs("PROVIDER_UPDATE")
        context = CommandContext(system("notifications"), "handle_update", "cor_1")
        places = (StoredUpdates.connect(), SendLedger.connect(), PreferencesRepository.connect())
        handle_update(update["update_id"], context, *places)
        return answer

    monkeypatch.setattr(Channels, "send", reported_at_once)
    stage.tell()
    stage.let_pass(minutes=1)
    message = stage.message()
    assert (message["status"], message["kopecks"]) == ("read", 1050)
    names = ("MessageSent", "MessageDelivered", "MessageRead")
    assert [len(events(stage, name)) for name in names] == [1, 1, 1]
    stage.let_pass(hours=8)
    assert (way(stage), stage.copies()) == (("read", "sms", []), [1])


def test_what_waits_for_the_next_channel_is_not_sent_when_it_has_arrived_after_all(
    stage: Stage,
) -> None:
    only(stage, "ses", "smsc")
    stage.reach_by("ses")
    closed = stage.server.configuration()
    stage.tell()
    first = stage.message()
    closed["smsc"]["url"] = "http://127.0.0.1:9"
    stage.configure(ses=closed["ses"] | {"reports": True}, smsc=closed["smsc"])
    stage.let_pass(hours=6, minutes=15)
    assert way(stage)[::2] == ("queued", ["ses"])
    api = stage.harness.world.api("notifications", None)
    for each in ("Delivery", "Open"):
        said = call_back("ses", first["message_id"], status=each)
        api.call("POST", "/webhooks/ses/demo-secret", said.body, headers=said.headers)
        stage.harness.world.settle()
    only(stage, "ses", "smsc")
    stage.let_pass(hours=8)
    assert (way(stage), stage.copies()) == (("read", "email", ["ses"]), [1])
    assert [one["data"]["channel"] for one in events(stage, "MessageRead")] == ["email"]


def calls(stage: Stage) -> list[dict[str, Any]]:
    """The calls that the staff was asked to make."""
    return [one for one in stage.harness.docs("WORK_ITEM") if one["kind"] == "tell_by_phone"]


def events(stage: Stage, *names: str) -> list[dict[str, Any]]:
    """What was published about the message to the holder."""
    about = stage.message()["message_id"]
    found = [one for name in names for one in stage.harness.world.events(f"notifications.{name}")]
    return [one for one in found if one["data"]["message_id"] == about]


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


def test_mail_that_is_not_delivered_is_written_as_a_text_once(stage: Stage) -> None:
    only(stage, "ses", "smsc")
    stage.reach_by("ses")
    stage.tell()
    stage.let_pass(hours=6, minutes=15)
    assert way(stage) == ("sent", "sms", ["ses"])
    arrived(stage)
    stage.let_pass(hours=8)
    assert way(stage) == ("delivered", "sms", ["ses"])
    assert stage.copies() == [2]


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
    assert stage.message()["due_at"] is None if "due_at" in stage.message() else True


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
        from services.notifications.messages.repository import Messages

        message = Messages.connect().get(harness.message()["message_id"])
    assert awaits_arrival(message, Arrival.SILENT)
    of_staff = message.model_copy(update={"audience": "hq"})
    assert not awaits_arrival(of_staff, Arrival.REPORTED)


@pytest.mark.parametrize(
    ("refusal", "ended"),
    [
        ("no_channel", ("failed", "not_delivered")),
        # Who has taken consent back meanwhile is not to be called about it.
        ("no_consent", ("withheld", "no_consent")),
    ],
)
def test_what_has_failed_or_was_withheld_has_arrived_when_a_try_in_doubt_did(
    stage: Stage, refusal: str, ended: tuple[str, str]
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.tell()
    reference, api = stage.message()["reference"], stage.harness.world.api("notifications", HQ)
    stage.owners.refusals = {reference: refusal}
    stage.let_pass(hours=6, minutes=15)
    assert (stage.message()["status"], stage.message()["reason"]) == ended
    assert len(api.get("/messages").json["items"]) == (ended[0] == "failed")
    arrived(stage)
    assert way(stage) == ("delivered", "sms", ["smsc"])
    assert "reason" not in stage.message()
    assert api.get("/messages").json["items"] == [], "it has reached a person"


def test_who_was_reached_after_all_is_no_work_any_more(stage: Stage) -> None:
    """Headquarters was asked to mend a contact that has proved to be right."""
    only(stage, "smsc")
    stage.reach_by("smsc")
    tell_two(stage)
    for message in of_family(stage):
        stage.owners.refusals[message["reference"]] = "no_channel"
    stage.let_pass(hours=6, minutes=15)
    first, second = (one["message_id"] for one in of_family(stage))
    (check,) = checks(stage)
    assert (check["status"], set(check["undelivered"])) == ("new", {first, second})
    hear(stage, second)
    assert [(one["status"], one["undelivered"]) for one in checks(stage)] == [("new", [first])]
    hear(stage, first)
    assert [(one["status"], one["ended_by"]) for one in checks(stage)] == [
        ("done", "notifications.MessageDelivered")
    ]


def test_a_failure_that_is_heard_of_after_the_arrival_is_no_work(stage: Stage) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.tell()
    stage.owners.refusals = {stage.message()["reference"]: "no_channel"}
    stage.let_pass(hours=6, minutes=15)
    failed = stage.harness.body(
        MessageFailed.model_validate(events(stage, "MessageFailed")[0]["data"])
    )
    arrived(stage)
    before = len(checks(stage))
    stage.harness.deliver(failed)
    assert {one["status"] for one in checks(stage)} == {"done"}
    assert len(checks(stage)) == before + 1, "as another copy of the event would"


def tell_two(stage: Stage) -> None:
    """Two news for the family, too far from each other for one message."""
    stage.harness.tell(RECEIVED)
    stage.let_pass(minutes=11)
    stage.harness.tell(intake.CareRequirementLifted(**OF_CASE, reason="other"))


def of_family(stage: Stage) -> list[dict[str, Any]]:
    return [one for one in stage.harness.docs("MESSAGE") if one["audience"] == "family"]


def checks(stage: Stage) -> list[dict[str, Any]]:
    return [one for one in stage.harness.docs("WORK_ITEM") if one["kind"] == "check_contact"]
