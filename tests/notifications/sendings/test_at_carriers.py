"""The send ledger with the carriers' fake servers: no second copy, and nothing lost."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.channels import breaker
from services.notifications.channels.registry import Channels
from shared import budget
from shared.events import cards
from tests.notifications.carrier_stage import Stage
from tests.notifications.fakes import ADDRESS, OF_HOLDER

LOST = cards.CardBlocked(**OF_HOLDER, reason="lost")

# What is known at the end when the first try was accepted and then silent, by whom it is held.
ENDS = {
    "max": ("handed_over", "phone_task"),
    "vk": ("sent", "bot"),
    "telegram": ("handed_over", "phone_task"),
    "smsc": ("sent", "sms"),
    "sms_aero": ("handed_over", "phone_task"),
    "sns": ("handed_over", "phone_task"),
    "ses": ("handed_over", "phone_task"),
}


def test_what_was_accepted_and_then_silent_has_no_second_copy_at_any_provider(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    for provider, end in ENDS.items():
        stage.clean()
        stage.only(provider)
        stage.reach_by(provider)
        stage.server.provider.fail("accept_then_timeout", 1, provider)

        stage.tell()
        stage.let_pass(hours=5)

        message = stage.message()
        assert (message["status"], message["channel"]) == end, provider
        assert stage.copies() == [1], provider
        left = [provider] if end[1] == "phone_task" else []
        assert message["doubts"] == left, provider
        calls = [item["kind"] for item in stage.harness.docs("WORK_ITEM")]
        assert calls.count("tell_by_phone") == len(left), provider
    told = capsys.readouterr().out
    assert all(f'"{each}":[' in told for each in ("message_outcome_unknown", "message_unknown_age"))


def test_a_worker_killed_at_any_provider_repeats_nothing_when_it_is_resumed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Channels.send

    def dies_after(self: Channels, name: str, message: Any) -> Any:
        whole(self, name, message)
        raise RuntimeError("the container is gone")

    for provider, end in ENDS.items():
        stage.clean()
        stage.only(provider)
        stage.reach_by(provider)
        with monkeypatch.context() as patch:
            patch.setattr(Channels, "send", dies_after)
            stage.tell()
            assert stage.message()["status"] == "claimed"

        stage.let_pass(hours=5)

        message = stage.message()
        assert (message["status"], message["channel"]) == end, provider
        assert stage.copies() == [1], provider


def test_a_worker_killed_before_the_call_loses_nothing_where_the_provider_can_say_so(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies_before(self: Channels, name: str, message: Any) -> Any:
        raise RuntimeError("the container is gone")

    for provider in ("vk", "smsc"):
        stage.clean()
        stage.only(provider)
        stage.reach_by(provider)
        with monkeypatch.context() as patch:
            patch.setattr(Channels, "send", dies_before)
            stage.tell()
        assert stage.copies() == []

        stage.let_pass(hours=1)

        assert stage.message()["status"] == "sent", provider
        assert stage.copies() == [1], provider


def test_vk_is_asked_no_more_when_it_could_have_forgotten_the_first_copy(stage: Stage) -> None:
    stage.only("vk")
    stage.reach_by("vk")
    stage.server.provider.fail("accept_then_timeout", 1, "vk")
    stage.tell()

    stage.now += timedelta(minutes=70)
    stage.harness.world.advance(stage.now)

    message = stage.message()
    assert (message["status"], message["doubts"]) == ("handed_over", ["vk"])
    assert stage.copies() == [1]


@pytest.mark.parametrize(
    ("carrier", "moved"), [("vk", {"address": "vk:16"}), ("smsc", {"phone": "+79160000001"})]
)
def test_who_may_have_a_message_is_not_asked_for_another_address_of_the_person(
    stage: Stage, carrier: str, moved: dict[str, str]
) -> None:
    """There it knows no such message, and a copy would be sent."""
    stage.only(carrier)
    stage.reach_by(carrier)
    stage.server.provider.fail("accept_then_timeout", 1, carrier)
    stage.tell()
    stage.owners.change(**moved)
    stage.let_pass(minutes=20)

    message = stage.message()
    assert (message["status"], message["doubts"]) == ("handed_over", [carrier])
    assert stage.copies() == [1]


def test_an_urgent_message_that_may_have_arrived_goes_to_the_next_channel_at_once(
    stage: Stage,
) -> None:
    stage.reach_by("telegram")
    stage.server.provider.fail("accept_then_timeout", 1, "telegram")

    stage.tell(urgent=True)

    message = stage.harness.message()
    assert (message["status"], message["channel"], message["provider"]) == ("sent", "sms", "smsc")
    assert (message["doubts"], message["refused_channels"]) == (["telegram"], ["bot"])
    assert (message["segments"], message["kopecks"]) == (3, 1050)


def test_another_provider_of_the_channel_takes_what_the_first_surely_does_not_have(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.reach_by("smsc")
    for fault in ("too_many", "closed"):
        stage.clean()
        if fault == "closed":
            closed = stage.server.configuration()
            closed["smsc"]["url"] = "http://127.0.0.1:9"
            stage.configure(**closed)
        stage.server.provider.fail(fault if fault != "closed" else "none", 1, "smsc")

        stage.tell()

        message = stage.message()
        assert (message["status"], message["provider"]) == ("sent", "sms_aero")
        assert message["skipped_providers"] == ["smsc"]
        assert stage.copies() == [1]
    told = capsys.readouterr().out
    assert all(
        f'"{each}":[' in told for each in ("provider_skipped", "sms_segments", "message_sent")
    )


def test_a_provider_that_was_passed_over_is_tried_again_when_the_other_is_gone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.owners.change(email=None)
    stage.only("smsc", "sms_aero")
    stage.reach_by("smsc")
    stage.server.provider.fail("too_many", 1, "smsc")
    whole = Channels.send

    def goes_meanwhile(self: Channels, name: str, message: Any) -> Any:
        stage.only("smsc")
        return whole(self, name, message)

    monkeypatch.setattr(Channels, "send", goes_meanwhile)
    stage.tell()
    assert stage.message()["status"] == "queued"

    stage.let_pass(minutes=30)

    assert (stage.message()["status"], stage.message()["provider"]) == ("sent", "smsc")


def test_an_open_breaker_sends_the_next_messages_to_the_next_provider(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(breaker, "RESTS_SECONDS", 3600)
    breaker._config.cache_clear()
    stage.reach_by("smsc")
    stage.server.provider.fail("too_many", 50, "smsc")

    for number in range(8):
        stage.tell(number)

    tried = [call for call in stage.server.carriers.calls if call.startswith("smsc")]
    assert len(tried) == breaker.FAILURES
    messages = stage.harness.docs("MESSAGE")
    assert {(m["status"], m["provider"]) for m in messages} == {("sent", "sms_aero")}
    assert stage.copies() == [1] * 8
    assert '"channel_opened":[' in capsys.readouterr().out


def test_who_has_blocked_a_bot_gets_a_text_and_then_the_bot_again_when_it_is_unblocked(
    stage: Stage,
) -> None:
    stage.only("telegram", "smsc")
    stage.reach_by("telegram")
    stage.server.provider.fail("refuse", 1, "telegram")

    stage.tell(1)
    stage.tell(2)

    sent = [(one["provider"], one["status"]) for one in stage.harness.docs("MESSAGE")]
    assert sorted(sent) == [("smsc", "sent"), ("telegram", "sent")]
    assert stage.copies() == [1, 1]


def test_who_asks_to_come_again_gets_the_message_later_and_not_the_staff(stage: Stage) -> None:
    for provider in ENDS:
        stage.clean()
        stage.only(provider)
        stage.reach_by(provider)
        stage.server.provider.fail("come_again", 2, provider)

        stage.tell()
        assert stage.message()["status"] == "queued", provider
        stage.let_pass(minutes=23)

        assert stage.message()["status"] == "sent", provider
        assert stage.copies() == [1], provider


def test_a_channel_that_nobody_carries_in_time_is_left_for_the_next_one_or_a_call(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    down = stage.server.configuration()
    for each in down.values():
        each["url" if "url" in each else "endpoint"] = "http://127.0.0.1:9"
    well = stage.server.configuration()
    stage.reach_by("telegram")
    for others, way in (("sms_aero",), ("sms_aero", "sms")), ((), ("work_list", "phone_task")):
        stage.clean()
        stage.configure(telegram=down["telegram"], **{name: well[name] for name in others})
        stage.tell()
        stage.let_pass(hours=5, minutes=40)
        assert stage.message()["status"] == "queued"
        stage.let_pass(minutes=40)
        message = stage.message()
        assert (message.get("provider"), message.get("channel")) == way, message
        assert (message["unserved"][0], message["doubts"]) == ("bot", [])
    # An hour of it is only waited for, and a night of it begins anew in the morning.
    stage.clean()
    stage.now += timedelta(hours=10)
    stage.harness.world.set_time(stage.now)
    stage.configure(telegram=down["telegram"], sms_aero=well["sms_aero"])
    stage.tell()
    stage.let_pass(hours=2, minutes=30)
    stage.only("telegram", "sms_aero")
    stage.rest_is_over()
    stage.let_pass(hours=11)
    assert (stage.message()["status"], stage.message()["provider"]) == ("sent", "telegram")
    # An urgent one waits for a quarter of an hour, and where there is no other way, on.
    stage.clean()
    stage.owners.change(phone=None)
    stage.configure(telegram=down["telegram"])
    stage.harness.tell(LOST)
    stage.let_pass(minutes=40)
    assert (stage.message()["status"], stage.message()["refused_channels"]) == ("queued", [])
    stage.owners.change(phone=ADDRESS)
    stage.let_pass(minutes=34)
    assert (stage.message()["status"], stage.message()["channel"]) == ("handed_over", "phone_task")
    assert '"channel_unserved":[' in capsys.readouterr().out


def test_our_own_lack_of_time_says_nothing_against_a_provider(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [False] * (breaker.FAILURES + 1)
    monkeypatch.setattr(budget, "allows", lambda seconds: left.pop() if left else True)
    stage.reach_by("smsc")

    stage.tell()

    message = stage.message()
    assert (message["status"], message["provider"], left) == ("sent", "smsc", [])
    assert message["skipped_providers"] == []
    assert stage.copies() == [1]


STORM = (
    "none",
    "late",
    "too_many",
    "error",
    "accept_then_timeout",
    "half",
    "nonsense",
    "error_body",
)


def test_a_burst_in_a_storm_over_two_providers_has_no_copy_and_no_loss(
    stage: Stage,
) -> None:
    dice = random.Random(7)
    stage.reach_by("smsc")
    stage.only("smsc", "sms_aero")
    for name in ("smsc", "sms_aero"):
        stage.server.provider._faults[name] = dice.choices(STORM, k=40)
    for number in range(24):
        stage.tell(number)
    stage.let_pass(minutes=30)
    for name in ("smsc", "sms_aero"):
        stage.server.provider.fail("none", 0, name)
    stage.rest_is_over()
    stage.let_pass(minutes=30)

    messages = [one for one in stage.harness.docs("MESSAGE") if one["audience"] == "holder"]
    assert len(messages) == 24
    ends = {(one["status"], bool(one["doubts"])) for one in messages}
    assert ends <= {("sent", False), ("handed_over", True), ("sent", True)}, ends
    assert set(stage.copies()) == {1}
    # What no provider is known to have, and none may have, is nowhere.
    carried = set(stage.server.copies())
    doubted = {one["message_id"] for one in messages if one["doubts"]}
    assert {one["message_id"] for one in messages} == carried | doubted


def test_providers_that_are_down_for_an_hour_lose_nothing(stage: Stage) -> None:
    stage.reach_by("smsc")
    closed = stage.server.configuration()
    for name in ("smsc", "sms_aero"):
        closed[name]["url"] = "http://127.0.0.1:9"
    stage.configure(smsc=closed["smsc"], sms_aero=closed["sms_aero"])
    for number in range(7):
        stage.tell(number)
    stage.let_pass(hours=1)
    assert stage.copies() == []
    assert {m["status"] for m in stage.harness.docs("MESSAGE")} == {"queued"}

    stage.only("smsc", "sms_aero")
    stage.rest_is_over()
    stage.let_pass(minutes=30)

    assert {m["status"] for m in stage.harness.docs("MESSAGE")} == {"sent"}
    assert stage.copies() == [1] * 7


def test_without_a_provider_a_message_waits_and_staff_still_has_its_work(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.configure()

    stage.tell()
    assert stage.message()["status"] == "queued"
    assert stage.message()["attempts"] == 0

    stage.only("smsc")
    stage.reach_by("smsc")
    stage.let_pass(minutes=2)
    assert stage.message()["status"] == "sent"
    assert ADDRESS not in json.dumps(stage.harness.docs("MESSAGE"))
    assert '"provider_missing":[' in capsys.readouterr().out
