"""What providers let us know: verified, stored once, worked on by the queue."""

import json
import time

import pytest

from infra.local_platform.fake_carriers import CallBack, call_back
from services.notifications.channels.registry import Channels
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.preferences.values import SetBy
from services.notifications.sendings.ledger import SendLedger
from services.notifications.webhooks.repository import StoredUpdates
from services.notifications.webhooks.use_cases import handle_update
from shared import clock
from shared.principal import system
from shared.storage.command_context import CommandContext
from tests.notifications.carrier_stage import Stage
from tests.notifications.fakes import ADDRESS
from tests.notifications.sendings.arrivals import only
from tests.notifications.webhooks.calls import send, updates
from tests.support.world import at

MAX = {"X-Max-Bot-Api-Secret": "demo-secret"}
DAY = 24 * 3600
WORDS = "Где моя заявка? " * 625


def told_max(text: str = "Да", number: int = 1, secret: str = "demo-secret") -> CallBack:
    """A message that a person wrote to the bot of MAX."""
    body = {"mid": f"mid.{number}", "text": text}
    message = {"sender": {"user_id": 15}, "body": body}
    said = json.dumps({"update_type": "message_created", "message": message})
    return CallBack(said, {"X-Max-Bot-Api-Secret": secret})


def audited(stage: Stage) -> set[tuple[str, str]]:
    """What was done, and by whom."""
    rows = stage.harness.world.rows("notifications-audit")
    return {(row["action"]["S"], row["actor"]["S"]) for row in rows}


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
        send(stage, "smsc", CallBack("id=" + "a" * 65, smsc.headers)),
        send(stage, "smsc", CallBack("a" * 1_100_000, smsc.headers)),
        send(stage, "vk", CallBack("a" * 1_100_000, {})),
    ]

    assert {one.status for one in forged} == {401}
    assert {one.code for one in forged} == {"not_signed"}
    assert {one.headers["WWW-Authenticate"] for one in forged} == {"Signature"}
    assert len(stage.harness.world.rows("notifications-data")) == rows
    stage.configure()
    assert send(stage, "max", told_max()).status == 401


def test_a_replayed_update_has_no_effect_and_long_words_are_kept_sealed(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        answer = send(stage, "max", told_max(WORDS))
        assert (answer.status, answer.text) == (200, "ok")
    counted = capsys.readouterr().out
    assert (counted.count('"update_said":['), counted.count('"update_repeated":[')) == (1, 4)
    send(stage, "max", told_max("Нет", 2))

    assert len(WORDS) == 10_000
    first, second = updates(stage)
    assert {first["kind"], second["kind"]} == {"said"}
    stored = str(stage.harness.world.rows("notifications-data"))
    assert "заявка" not in stored
    assert "'15'" not in str(updates(stage))
    assert stored.count("f_text") == 2


def test_what_a_person_has_said_is_kept_for_a_week_and_that_it_spoke_while_it_may_come_again(
    stage: Stage,
) -> None:
    send(stage, "max", told_max())

    days_left = {
        "PROVIDER_UPDATE" in row["sk"]["S"]: (int(row["expires_at"]["N"]) - time.time()) / DAY
        for row in stage.harness.world.rows("notifications-data")
        if "upd_" in row["pk"]["S"]
    }
    assert {known: round(days) for known, days in days_left.items()} == {True: 45, False: 7}


def test_stop_to_a_bot_stops_what_its_person_can_do_without_once(stage: Stage) -> None:
    stage.only("max")
    stage.reach_by("max")
    stage.tell()
    for _ in range(3):
        assert send(stage, "max", told_max("Стоп!", 3)).status == 200
    stage.harness.world.settle()

    (wishes,) = stage.harness.docs("PREFERENCES")
    assert (wishes["set_by"], len(wishes["unwanted"])) == ("word", 5)
    assert len(stage.harness.world.events("notifications.PreferencesChanged")) == 1
    answers = [one for one in stage.harness.docs("MESSAGE") if "preferences" in one["template"]]
    assert [one["status"] for one in answers] == ["sent"]
    rows = stage.harness.world.rows("notifications-data")
    commits = {
        r["commit_id"]["S"] for r in rows if r["sk"]["S"] in ("PREFERENCES", "PROVIDER_UPDATE")
    }
    assert len(commits) == 1, "a replay after a crash stops nothing again"
    audit = stage.harness.world.rows("notifications-audit")
    by = {row["actor"]["S"] for row in audit if row["action"]["S"] == "heed_word"}
    assert by == {"system:notifications"}, "whom a provider speaks for is not proved"
    # Impatience needs no second answer, and who writes at night is awake.
    for number, answered in ((4, 1), (5, 2)):
        send(stage, "max", told_max("Не пишите", number))
        stage.harness.world.settle()
        answers = [one for one in stage.harness.docs("MESSAGE") if "preferences" in one["template"]]
        assert [one["status"] for one in answers] == ["sent"] * answered
        stage.harness.world.advance(at("2026-09-14 23:00"))


@pytest.mark.parametrize(("name", "address"), [("max", "15"), ("our_bot", "max:15")])
def test_stop_is_heard_however_a_contact_names_its_messenger(
    stage: Stage, name: str, address: str
) -> None:
    stage.configure(**{name: stage.server.configuration()["max"]})
    stage.owners.change(channel="bot", address=address)
    stage.tell()
    send(stage, name, told_max("Стоп"))
    assert [one["set_by"] for one in stage.harness.docs("PREFERENCES")] == ["word"]


HALF = "\\ud800"
TELEGRAM = {"X-Telegram-Bot-Api-Secret-Token": "demo-secret", "Content-Type": "text/xml"}
# What a proven provider may send: it is taken, read or not, since it would come again.
STRANGE = {
    "max": [
        "", "[]", "null", "{", "[" * 100_000, '{"update_type": ["x"]}', "x" * 10_000_000,
        '{"update_type": "bot_started", "timestamp": ' + "9" * 5000 + ', "user": {"user_id": 15}}',
        '{"update_type": "message_created", "message": {"sender": {}, "body": {"mid": "m"}}}',
        '{"update_type": "message_created", "message": {"sender": {"user_id": 15}, "body": {"mid": '
        f'"{HALF}", "text": "{HALF} и \\u0000"}}}}}}',
    ],
    "telegram": [
        "{}", '{"update_id": "5"}', '{"update_id": 7, "message": {"text": "x"}}',
        '{"update_id": 8, "message": {"chat": {"id": 1}, "text": "' + "я" * 70_000 + '"}}',
        "x" * 10_000_000,
    ],
    "ses/demo-secret": ["x" * 10_000_000, "[]", json.dumps({"MessageId": "1", "Message": json.dumps(
        {"eventType": "Delivery", "mail": {"tags": {"message_id": ["\ud800"]}}})}),
        json.dumps({"MessageId": "2", "Message": json.dumps(
            {"eventType": "Delivery", "mail": {"tags": {"message_id": ["x" * 65]}}})}),
    ],
}  # fmt: skip


def test_whatever_a_proven_provider_sends_is_answered_and_does_not_come_again(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, bodies in STRANGE.items():
        for body in bodies:
            answer = send(stage, path, CallBack(body, {**MAX, **TELEGRAM}))
            assert (answer.status, answer.text) == (200, "ok"), (path, body[:80])
    stage.harness.world.settle()

    kinds = [one["kind"] for one in updates(stage)]
    assert kinds == ["said", "said", "said", "delivery"]
    counted = capsys.readouterr().out
    assert '"update_unreadable":[' in counted and '"update_unknown":[' in counted
    forwarded = {"type": "message_new", "event_id": "e9", "group_id": 1, "secret": "demo-secret"}
    forwarded["object"] = {"message": {"peer_id": 15, "text": "Да", "fwd": ["я" * 4096] * 10}}
    assert send(stage, "vk", CallBack(json.dumps(forwarded), {})).text == "ok"
    assert updates(stage)[-1]["kind"] == "said"


def test_a_webhook_of_vk_answers_its_code_and_then_ok(stage: Stage) -> None:
    call = {"group_id": 1, "secret": "demo-secret", "event_id": "e1", "object": {"user_id": 15}}

    code = send(stage, "vk", CallBack(json.dumps(call | {"type": "confirmation"}), {}))
    allowed = send(stage, "vk", CallBack(json.dumps(call | {"type": "message_allow"}), {}))

    assert (code.text, allowed.text) == ("demo1234", "ok")
    assert code.headers["Content-Type"].startswith("text/plain")
    assert [one["kind"] for one in updates(stage)] == ["started"]
    unreadable = CallBack(json.dumps(call | {"type": "message_deny", "event_id": ""}), {})
    assert send(stage, "vk", unreadable).text == "ok", "it would come again and again"


def test_a_word_in_a_chat_is_heeded_and_the_button_that_starts_a_bot_is_none(stage: Stage) -> None:
    stage.reach_by("max")
    stage.owners.change(address="max:15")
    stage.tell()
    pressed = {"update_type": "bot_started", "payload": "стоп", "user": {"user_id": 15}}
    assert send(stage, "max", CallBack(json.dumps(pressed), MAX)).status == 200
    assert stage.harness.docs("PREFERENCES") == []
    assert send(stage, "max", told_max("Стоп!", 2)).status == 200
    (wishes,) = stage.harness.docs("PREFERENCES")
    assert (wishes["set_by"], wishes["person_id"]) == ("word", stage.message()["person_id"])
    assert ("heed_word", "system:notifications") in audited(stage)


def test_who_calls_a_mail_spam_gets_no_more_of_what_can_be_declined(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.only("ses")
    stage.reach_by("ses")
    stage.tell()
    message = stage.message()["message_id"]
    assert send(stage, "ses/demo-secret", call_back("ses", message)).status == 200
    stage.harness.world.settle()
    assert stage.harness.docs("PREFERENCES") == [], "who only got it has said nothing"
    said = call_back("ses", message, status="Complaint")
    for _ in range(2):
        assert send(stage, "ses/demo-secret", said).status == 200
        stage.harness.world.settle()
    (wishes,) = stage.harness.docs("PREFERENCES")
    assert (wishes["person_id"], wishes["set_by"]) == (stage.message()["person_id"], "complaint")
    assert len(wishes["unwanted"]) == 5
    assert {
        ("hear_delivery", "system:notifications"),
        ("heed_complaint", "system:notifications"),
    } < audited(stage)
    assert stage.message()["status"] == "delivered"
    assert len(stage.harness.world.events("notifications.PreferencesChanged")) == 1
    assert '"mail_complaint":[' in capsys.readouterr().out


def test_a_complaint_that_the_queue_repeats_undoes_nothing_that_was_wished_since(
    stage: Stage,
) -> None:
    stage.only("ses")
    stage.reach_by("ses")
    stage.tell()
    said = call_back("ses", stage.message()["message_id"], status="Complaint")
    send(stage, "ses/demo-secret", said)
    stage.harness.world.settle()
    (update,) = updates(stage)
    with stage.harness.world.service("notifications"):
        known, context = PreferencesRepository.connect(), CommandContext(system("test"), "x", "c")
        stopped = known.of(stage.message()["person_id"])
        assert stopped is not None
        again = stopped.change((), (), stopped.together, SetBy.STAFF, clock.now())
        known.save(context, again)
        parts = (StoredUpdates.connect(), SendLedger.connect(), Channels.connect(), known)
        handle_update(update["update_id"], context, *parts)

    (wishes,) = stage.harness.docs("PREFERENCES")
    assert (wishes["set_by"], wishes["unwanted"]) == ("staff", [])


def test_a_complaint_counts_for_all_who_get_their_mail_at_that_address(stage: Stage) -> None:
    stage.only("ses")
    stage.reach_by("ses")
    for number in (1, 2, 3):
        stage.tell(number)
    stage.owners.change(address="boris@example.org")
    stage.tell(4)
    told = {one["person_id"][-1]: one["message_id"] for one in stage.harness.docs("MESSAGE")}

    said = call_back("ses", told["2"], status="Complaint")
    assert send(stage, "ses/demo-secret", said).status == 200
    stage.harness.world.settle()

    wishes = stage.harness.docs("PREFERENCES")
    assert {one["person_id"][-1] for one in wishes} == {"1", "2", "3"}
    assert {(one["set_by"], len(one["unwanted"])) for one in wishes} == {("complaint", 5)}


def test_a_complaint_about_a_mail_that_a_text_followed_counts_for_nobody_else_at_that_phone(
    stage: Stage,
) -> None:
    """Several families may have the phone of a leader."""
    only(stage, "ses", "smsc")
    stage.reach_by("ses")
    stage.tell(1)
    (mail,) = stage.harness.docs("MESSAGE")
    stage.let_pass(hours=6, minutes=15)
    assert (stage.message()["channel"], stage.message()["doubts"]) == ("sms", ["ses"])
    stage.reach_by("smsc")
    stage.tell(2)

    said = call_back("ses", mail["message_id"], status="Complaint")
    assert send(stage, "ses/demo-secret", said).status == 200
    stage.harness.world.settle()

    assert [one["person_id"][-1] for one in stage.harness.docs("PREFERENCES")] == ["1"]
