"""What has arrived after all is told no other way, and nobody is asked to call about it."""

from typing import Any

import pytest

from infra.local_platform.fake_carriers import call_back
from services.notifications.channels.port import DeliveryReport, DeliveryStatus
from services.notifications.channels.registry import Channels
from services.notifications.messages.values import MessageStatus
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.sendings.ledger import SendLedger
from services.notifications.webhooks.repository import StoredUpdates
from services.notifications.webhooks.use_cases import handle_update
from shared.events.notifications import MessageFailed
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.carrier_stage import Stage
from tests.notifications.fakes import ADDRESS, HQ, LEADER, rewritten
from tests.notifications.pacing.bursts import bursted
from tests.notifications.sendings.arrivals import (
    arrived,
    checks,
    events,
    hear,
    of_family,
    only,
    tell_two,
    way,
)
from tests.notifications.sendings.night import to_holders
from tests.notifications.work_items.inbox import calls, heard


def test_a_call_goes_on_for_the_other_news_when_one_of_them_has_arrived_after_all(
    stage: Stage,
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    tell_two(stage)
    stage.let_pass(hours=6, minutes=15)
    (call,) = calls(stage.harness)
    first, second = call["calls"]
    assert len(call["news"]) == 2
    hear(stage, second)
    (left,) = calls(stage.harness)
    assert (left["calls"], left["news"], left["message_id"]) == ([first], call["news"][:1], first)
    assert (left["template"], left["status"]) == (call["news"][0], "new")
    api = stage.harness.world.api("notifications", HQ)
    opened = api.get(f"/inbox/{call['item_id']}/call").json
    assert [one["message_id"] for one in opened["news"]] == [first]
    hear(stage, first)
    assert calls(stage.harness)[0]["status"] == "done"
    # What the caller says after that is of nothing.
    told = {"reason": "done", "heard": [first, second]}
    assert api.post(f"/inbox/{call['item_id']}/done", told, key="k1").status == 409
    assert {one["status"] for one in of_family(stage)} == {"delivered"}


def test_a_call_is_over_when_its_last_news_that_is_still_to_be_told_has_arrived_after_all(
    stage: Stage,
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    tell_two(stage)
    stage.let_pass(hours=6, minutes=15)
    first, second = calls(stage.harness)[0]["calls"]
    rewritten(stage.harness, first, status=MessageStatus.WITHHELD, reason="outdated")

    hear(stage, second)

    assert [(one["status"], one["ended_by"]) for one in calls(stage.harness)] == [
        ("done", "notifications.MessageDelivered")
    ]


def test_what_has_arrived_after_all_keeps_that_when_its_call_is_closed_at_the_same_time(
    stage: Stage,
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.tell()
    stage.let_pass(hours=6, minutes=15)
    (call,) = calls(stage.harness)
    api = stage.harness.world.api("notifications", LEADER)
    path = f"/inbox/{call['item_id']}"
    assert api.post(f"{path}/done", heard(api, path), key="1").status == 200
    with stage.harness.world.service("notifications"):
        ledger = SendLedger.connect()
        context = CommandContext(system("notifications"), "hear_delivery", "cor_1")
        report = DeliveryReport(DeliveryStatus.DELIVERED)
        message = ledger.messages.get(call["calls"][0])
        ledger.hear(message, "smsc", report, context, awaits=True)
    stage.harness.world.settle()
    assert way(stage) == ("delivered", "sms", ["smsc"])
    assert [len(events(stage, each)) for each in ("MessageSent", "MessageDelivered")] == [1, 1]
    assert calls(stage.harness)[0]["unsettled"] == []


def digest_in_doubt(stage: Stage) -> dict[str, Any]:
    """Several news in one message that may have arrived; each waits alone for what is heard."""
    only(stage, "smsc")
    stage.reach_by("smsc")
    bursted(stage.harness)
    stage.let_pass(minutes=11)
    stage.let_pass(hours=6, minutes=19)
    (digest,) = [one for one in stage.harness.docs("MESSAGE") if one["parts_in_doubt"]]
    return digest


def test_all_news_of_a_digest_in_doubt_is_heard_of_with_it(stage: Stage) -> None:
    digest = digest_in_doubt(stage)
    told_alone = to_holders(stage.harness)
    assert [one["status"] for one in told_alone] == ["handed_over"] * 4
    hear(stage, digest["message_id"])
    told = to_holders(stage.harness)
    heard = [one["message_id"] for one in told if one["status"] == "delivered"]
    assert sorted(heard) == sorted((digest["message_id"], *digest["parts_in_doubt"]))
    (call,) = calls(stage.harness)
    assert (len(heard), len(call["calls"]), call["status"]) == (3, 1, "new")


def test_a_report_of_a_digest_waits_for_the_worker_that_has_a_part_of_it(stage: Stage) -> None:
    digest = digest_in_doubt(stage)
    part = digest["parts_in_doubt"][0]
    rewritten(stage.harness, part, status=MessageStatus.CLAIMED)

    hear(stage, digest["message_id"])
    rewritten(stage.harness, part, status=MessageStatus.HANDED_OVER)
    stage.let_pass(minutes=2)

    found = {one["message_id"]: one["status"] for one in to_holders(stage.harness)}
    assert {found[each] for each in (digest["message_id"], part)} == {"delivered"}


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
        places = (StoredUpdates.connect(), SendLedger.connect(), Channels.connect())
        handle_update(update["update_id"], context, *places, PreferencesRepository.connect())
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


@pytest.mark.parametrize(
    ("refusal", "ended"),
    [
        ("no_channel", ("failed", "not_delivered")),
        # Who has taken consent back meanwhile is not to be called about it.
        ("no_consent", ("withheld", "no_consent")),
    ],
)
def test_what_has_failed_or_was_withheld_has_arrived_when_a_try_in_doubt_did(
    stage: Stage, refusal: str, ended: tuple[str, str], capsys: pytest.CaptureFixture[str]
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
    assert '"message_arrived_after_all":[' in capsys.readouterr().out


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
