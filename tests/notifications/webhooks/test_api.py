"""What providers let us know: verified, stored once, worked on by the queue."""

import json
from typing import Any

from infra.fake_carriers import CallBack, call_back
from services.notifications.channels.sms.sms_aero import CALL_BACK, CALL_BACK_FOR
from shared.identity import signed_links
from tests.notifications.carrier_stage import Stage
from tests.notifications.fakes import ADDRESS
from tests.support.api import Answer

MAX = {"X-Max-Bot-Api-Secret": "demo-secret"}
WORDS = "Где моя заявка? " * 625


def send(stage: Stage, path: str, asked: CallBack) -> Answer:
    """Call a webhook as a provider does."""
    api = stage.harness.world.api("notifications", None)
    return api.call("POST", f"/webhooks/{path}", asked.body, headers=asked.headers)


def told_max(text: str = "Да", number: int = 1, secret: str = "demo-secret") -> CallBack:
    """A message that a person wrote to the bot of MAX."""
    body = {"mid": f"mid.{number}", "text": text}
    message = {"sender": {"user_id": 15}, "body": body}
    said = json.dumps({"update_type": "message_created", "message": message})
    return CallBack(said, {"X-Max-Bot-Api-Secret": secret})


def updates(stage: Stage) -> list[dict[str, Any]]:
    """The stored updates."""
    return stage.harness.docs("PROVIDER_UPDATE")


def test_a_forged_webhook_is_refused_without_a_hint_and_nothing_is_stored(stage: Stage) -> None:
    rows = len(stage.harness.world.rows("notifications-data"))
    smsc = call_back("smsc", "msg_1", ADDRESS)
    forged = [
        send(stage, "max", told_max(secret="wrong")),
        send(stage, "max", CallBack("", {})),
        send(stage, "none", told_max()),
        send(stage, "gateway", told_max()),
        send(stage, "sns", told_max()),
        send(stage, "smsc", CallBack(smsc.body.replace("status=1", "status=2"), smsc.headers)),
        send(stage, "smsc", CallBack("\x00" * 100, smsc.headers)),
        send(stage, "sms_aero/ryl_forged", call_back("sms_aero", "msg_1")),
        send(stage, "vk", CallBack(json.dumps({"group_id": 1, "secret": ""}), {})),
        send(stage, "ses", CallBack("{}", {})),
        send(stage, "ses/wrong", CallBack("{}", {})),
        send(stage, "max/demo-secret", told_max(secret="wrong")),
    ]

    assert {one.status for one in forged} == {401}
    assert len({one.json["title"] for one in forged}) == 1
    assert len(stage.harness.world.rows("notifications-data")) == rows
    stage.configure()
    assert send(stage, "max", told_max()).status == 401


def test_a_replayed_update_has_no_effect_and_long_words_are_kept_sealed(stage: Stage) -> None:
    for _ in range(5):
        answer = send(stage, "max", told_max(WORDS))
        assert (answer.status, answer.text) == (200, "ok")
    send(stage, "max", told_max("Нет", 2))

    assert len(WORDS) == 10_000
    first, second = updates(stage)
    assert {first["kind"], second["kind"]} == {"said"}
    stored = str(stage.harness.world.rows("notifications-data"))
    assert "заявка" not in stored
    assert "'15'" not in str(updates(stage))
    assert stored.count("f_text") == 2


def test_a_webhook_of_vk_answers_its_code_and_then_ok(stage: Stage) -> None:
    call = {"group_id": 1, "secret": "demo-secret", "event_id": "e1", "object": {"user_id": 15}}

    code = send(stage, "vk", CallBack(json.dumps(call | {"type": "confirmation"}), {}))
    allowed = send(stage, "vk", CallBack(json.dumps(call | {"type": "message_allow"}), {}))

    assert (code.text, allowed.text) == ("demo1234", "ok")
    assert code.headers["Content-Type"].startswith("text/plain")
    assert [one["kind"] for one in updates(stage)] == ["started"]
    unreadable = CallBack(json.dumps(call | {"type": "message_deny", "event_id": ""}), {})
    assert send(stage, "vk", unreadable).status == 422


def test_a_delivery_is_stored_in_the_ledger_once(stage: Stage) -> None:
    stage.reach_by("smsc")
    stage.tell()
    message = stage.message()["message_id"]

    for path in ("smsc", "smsc?sha1=word&charset=utf-8", "smsc"):
        assert send(stage, path, call_back("smsc", message, ADDRESS)).status == 200
        stage.harness.world.settle()

    assert stage.message()["status"] == "delivered"
    assert stage.message()["delivered_at"]
    assert len(updates(stage)) == 1
    assert updates(stage)[0]["handled_at"]
    late_refusal = call_back("smsc", message, ADDRESS, failed=True)
    send(stage, "smsc", late_refusal)
    stage.harness.world.settle()
    assert stage.message()["status"] == "delivered"


def test_a_message_that_did_not_arrive_goes_to_the_next_channel(stage: Stage) -> None:
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
