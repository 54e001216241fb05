"""What providers report of messages: it is in the ledger once, in whichever order it comes."""

import hashlib
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.local_platform.fake_carriers import CallBack, call_back
from services.notifications.channels.sms.sms_aero import CALL_BACK, CALL_BACK_FOR
from services.notifications.messages.values import MessageStatus
from shared.identity import signed_links
from tests.notifications.carrier_stage import Stage
from tests.notifications.fakes import ADDRESS, rewritten
from tests.notifications.sendings.arrivals import only, way
from tests.notifications.webhooks.calls import send, updates


def test_a_delivery_is_stored_in_the_ledger_once(stage: Stage) -> None:
    stage.reach_by("smsc")
    stage.tell()
    message = stage.message()["message_id"]

    for path in ("smsc", "smsc?sha1=word&charset=utf-8", "smsc"):
        assert send(stage, path, call_back("smsc", message, ADDRESS)).status == 200
        stage.harness.world.settle()

    assert stage.message()["status"] == "delivered"
    assert stage.message()["delivered_at"]
    (update,) = updates(stage)
    assert update["handled_at"]
    rows = stage.harness.world.dynamodb.rows("notifications-data")
    assert (f"VAULT#{update['update_id']}", update["update_id"]) not in rows  # no person spoke
    late_refusal = call_back("smsc", message, ADDRESS, failed=True)
    send(stage, "smsc", late_refusal)
    stage.harness.world.settle()
    assert stage.message()["status"] == "delivered"


# What SMSC reports one after another, how the message ends, and how often its arrival is news.
ORDERS = {
    ("2", "1"): ("read", 1),
    ("1", "2"): ("read", 1),
    ("1", "1", "20", "1"): ("delivered", 1),
    ("2", "20", "1", "2"): ("read", 1),
    ("0", "-1", "1"): ("delivered", 1),
    ("20", "1", "2"): ("failed", 0),
    ("3", "20"): ("failed", 0),
    ("999", "none", ""): ("sent", 0),
}


def test_reports_in_any_order_tell_the_best_that_is_known_and_each_once(stage: Stage) -> None:
    for order, end in ORDERS.items():
        stage.clean()
        stage.only("smsc")
        stage.reach_by("smsc")
        stage.tell()
        before = len(stage.harness.world.events("notifications.MessageDelivered"))
        for status in order:
            reported = signed_report(stage.message()["message_id"], status)
            assert send(stage, "smsc", reported).status == 200
            stage.harness.world.settle()
        told = len(stage.harness.world.events("notifications.MessageDelivered")) - before
        assert (stage.message()["status"], told) == end, order
        work = [one["kind"] for one in stage.harness.docs("WORK_ITEM")]
        assert ("check_contact" in work) == (end[0] == "failed"), order


def test_a_report_of_no_message_or_of_another_providers_changes_nothing(stage: Stage) -> None:
    stage.only("ses", "smsc")
    stage.reach_by("ses")
    stage.tell()
    message = stage.message()

    for known in (message["message_id"], "msg_01HC0000000000000000000000", "", "x" * 64, "../1"):
        assert send(stage, "smsc", signed_report(known, "1")).status == 200
    stage.harness.world.settle()

    assert stage.message() == message
    assert all(one.get("handled_at") or not one.get("message_id") for one in updates(stage))


def signed_report(message_id: str, status: str) -> CallBack:
    """A report of SMSC about a message, whatever it says."""
    signed = f"{message_id}:{ADDRESS}:{status}:demo-secret"
    form = {"id": message_id, "phone": ADDRESS, "status": status}
    return CallBack(urlencode(form | {"sha1": hashlib.sha1(signed.encode()).hexdigest()}), {})


def test_a_message_that_did_not_arrive_goes_to_the_next_channel(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.only("ses", "sms_aero")
    stage.reach_by("ses")
    stage.tell()
    message = stage.message()["message_id"]

    send(stage, "ses/demo-secret", call_back("ses", message, failed=True))
    stage.harness.world.settle()

    assert stage.message()["refused_channels"] == ["email"]
    assert (stage.message()["status"], stage.message()["provider"]) == ("sent", "sms_aero")
    with stage.harness.world.service("notifications"):
        token = signed_links.issue(CALL_BACK, message, message, CALL_BACK_FOR)
    send(stage, f"sms_aero/{token}", call_back("sms_aero", message))
    # What the first provider says later is about a message that went another way.
    send(stage, "ses/demo-secret", call_back("ses", message))
    stage.harness.world.settle()
    assert (stage.message()["status"], stage.message()["provider"]) == ("delivered", "sms_aero")
    assert '"message_undelivered":[' in capsys.readouterr().out


def test_a_mail_that_its_server_gives_back_goes_to_the_next_channel(stage: Stage) -> None:
    """SES says of a mail that a server took it, which may find later that it has no such box."""
    stage.only("ses", "sms_aero")
    stage.reach_by("ses")
    stage.tell()
    message = stage.message()["message_id"]

    def hear(**what: Any) -> dict[str, Any]:
        assert send(stage, "ses/demo-secret", call_back("ses", message, **what)).status == 200
        stage.harness.world.settle()
        return stage.message()

    assert hear()["status"] == "delivered"
    back = hear(failed=True)
    assert (back["status"], back["provider"], back.get("delivered_at")) == (
        "sent",
        "sms_aero",
        None,
    )
    # Nothing that the server says afterwards is about the text message.
    assert hear(status="Open") == back


def test_a_mail_that_was_read_does_not_come_back(stage: Stage) -> None:
    stage.only("ses", "sms_aero")
    stage.reach_by("ses")
    stage.tell()
    message = stage.message()["message_id"]
    for said in ({"status": "Open"}, {"failed": True}):
        assert send(stage, "ses/demo-secret", call_back("ses", message, **said)).status == 200
        stage.harness.world.settle()
    assert (stage.message()["status"], stage.message()["channel"]) == ("read", "email")


def test_a_delivery_that_comes_before_the_outcome_settles_the_doubt(stage: Stage) -> None:
    stage.reach_by("smsc")
    stage.server.provider.fail("accept_then_timeout", 1, "smsc")
    stage.tell()
    assert stage.message()["status"] == "unknown"

    send(stage, "smsc", call_back("smsc", stage.message()["message_id"], ADDRESS))
    stage.harness.world.settle()

    assert stage.message()["status"] == "delivered"
    stage.let_pass(hours=7)
    assert stage.copies() == [1]


def test_what_a_doubtful_try_is_heard_to_be_under_way_with_is_awaited_like_any_other(
    stage: Stage,
) -> None:
    only(stage, "smsc")
    stage.reach_by("smsc")
    stage.server.provider.fail("accept_then_timeout", 1, "smsc")
    stage.tell()

    send(stage, "smsc", signed_report(stage.message()["message_id"], "0"))
    stage.harness.world.settle()
    assert stage.message()["status"] == "sent"
    stage.let_pass(hours=6, minutes=15)

    assert way(stage) == ("handed_over", "phone_task", ["smsc"])
    assert stage.copies() == [1]


def test_a_delivery_that_comes_while_its_worker_still_writes_waits_for_what_it_cost(
    stage: Stage,
) -> None:
    stage.reach_by("smsc")
    stage.tell()
    message = stage.message()["message_id"]
    rewritten(stage.harness, message, status=MessageStatus.CLAIMED)

    send(stage, "smsc", call_back("smsc", message, ADDRESS))
    stage.harness.world.settle()
    assert stage.message()["status"] == "claimed"

    rewritten(stage.harness, message, status=MessageStatus.SENT)
    stage.let_pass(minutes=2)
    assert stage.message()["status"] == "delivered"
