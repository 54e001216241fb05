"""A message is carried once, whoever falls silent, breaks or dies in the middle of its sending."""

import itertools
import json
import random
from datetime import timedelta
from typing import Any

import pytest

from services.notifications.channels.port import DeliveryReport, OnDoubt, OutgoingMessage
from services.notifications.messages.values import LONGEST_WAIT
from shared.events import cards
from tests.notifications.fakes import OF_CARD, NotificationsHarness
from tests.notifications.news import ENDED, RECEIVED, REQUIRED
from tests.notifications.sendings.night import to_holders
from tests.support.world import at


@pytest.mark.requirement("X-02")
def test_an_event_delivered_many_times_in_any_order_gives_one_message_each(
    harness: NotificationsHarness,
) -> None:
    bodies = [harness.body(RECEIVED), harness.body(REQUIRED)]
    harness.world.shuffle = random.Random(7)

    harness.deliver(*bodies * 5)
    harness.deliver(*reversed(bodies))

    assert len(harness.gateway.messages) == len(harness.docs("MESSAGE")) == 4
    assert len(harness.gateway.sends) == 4


def test_a_gateway_that_took_the_message_and_fell_silent_is_asked_not_told_again(
    harness: NotificationsHarness,
) -> None:
    harness.gateway.faults = ["taken_then_silent"]
    harness.tell(REQUIRED)
    assert harness.docs("MESSAGE")[0]["status"] == "unknown"

    harness.world.advance(at("2026-09-14 10:10"))

    assert {one["status"] for one in harness.docs("MESSAGE")} == {"sent"}
    assert len(harness.gateway.sends) == 2  # one for the family, one for headquarters
    assert len(harness.gateway.asks) == 1


def test_a_doubt_is_settled_by_the_channel_of_the_try_whatever_the_person_prefers_now(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness.gateway, "on_doubt", lambda name: OnDoubt.ASK_AT_ADDRESS)
    harness.gateway.faults = ["taken_then_silent"]
    harness.tell(ENDED)

    harness.world.advance(at("2026-09-14 10:10"))

    assert [each.prefer for each in harness.owners.asked] == [(), ("bot",)]
    assert harness.message()["status"] == "sent"


def test_a_message_that_the_gateway_never_got_is_sent_again(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["silent"]
    harness.tell(ENDED)

    harness.world.advance(at("2026-09-14 10:10"))

    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.sends) == 2
    assert len(harness.gateway.asks) == 1


def test_nothing_is_resent_while_nobody_knows(harness: NotificationsHarness) -> None:
    harness.gateway.faults = ["silent"]
    harness.gateway.deaf = True
    harness.tell(ENDED)

    for minutes in range(1, 60):
        harness.world.advance(at("2026-09-14 10:00") + timedelta(minutes=minutes))

    assert harness.message()["status"] == "unknown"
    assert len(harness.gateway.sends) == 1
    assert len(harness.gateway.asks) > 5
    harness.gateway.deaf = False
    harness.world.advance(at("2026-09-14 11:00") + LONGEST_WAIT)
    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.messages) == 1


def test_that_a_copy_was_not_taken_says_nothing_about_the_first(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harness.gateway, "on_doubt", lambda name: OnDoubt.REPEAT)
    harness.gateway.faults = ["silent", "down"]
    harness.tell(ENDED)
    for minutes in range(1, 10):
        if len(harness.gateway.sends) < 2:
            harness.world.advance(at("2026-09-14 10:00") + timedelta(minutes=minutes))

    assert (len(harness.gateway.sends), harness.message()["status"]) == (2, "unknown")


@pytest.mark.parametrize(("urgent", "tries", "way"), [(False, 1, "phone_task"), (True, 2, "bot")])
def test_a_copy_of_what_may_have_arrived_wakes_nobody_at_night(
    harness: NotificationsHarness,
    monkeypatch: pytest.MonkeyPatch,
    urgent: bool,
    tries: int,
    way: str,
) -> None:
    monkeypatch.setattr(harness.gateway, "on_doubt", lambda name: OnDoubt.REPEAT)
    harness.world.set_time(at("2026-09-14 21:59"))
    harness.gateway.faults = ["taken_then_silent"]
    harness.tell(cards.CardBlocked(**OF_CARD, reason="lost") if urgent else ENDED)
    for minutes in (0, 1, 3, 60, 10 * 60):
        harness.world.advance(at("2026-09-14 22:00") + timedelta(minutes=minutes))
    (message,) = to_holders(harness)
    assert harness.gateway.sends.count(message["message_id"]) == tries

    harness.world.advance(at("2026-09-15 09:00"))
    assert harness.row_of(message["message_id"])["channel"] == way


def test_a_worker_that_dies_after_the_claim_loses_nothing_and_repeats_nothing(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = harness.gateway.send

    def dies_after(name: str, message: OutgoingMessage) -> object:
        whole(name, message)
        raise RuntimeError("the container is gone")

    monkeypatch.setattr(harness.gateway, "send", dies_after)
    harness.tell(ENDED)
    assert harness.message()["status"] == "claimed"
    monkeypatch.setattr(harness.gateway, "send", whole)

    harness.world.advance(at("2026-09-14 10:02"))

    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.sends) == 1


def test_another_worker_in_the_middle_of_a_sending_sends_nothing(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = harness.gateway.send

    def while_sending(name: str, message: OutgoingMessage) -> DeliveryReport:
        report = whole(name, message)
        work_again(harness)
        return report

    monkeypatch.setattr(harness.gateway, "send", while_sending)
    harness.tell(ENDED)

    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.sends) == 1


def test_of_two_workers_that_took_the_same_message_one_sends(
    harness: NotificationsHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, other = harness.owners.invoke, [True]

    def while_asking(**request: Any) -> dict[str, Any]:
        answer = whole(**request)
        if other and other.pop():
            work_again(harness)
        return answer

    monkeypatch.setattr(harness.owners, "invoke", while_asking)
    harness.tell(ENDED)

    assert harness.message()["status"] == "sent"
    assert len(harness.gateway.sends) == 1
    assert len(harness.world.events("notifications.MessageSent")) == 1


def work_again(harness: NotificationsHarness) -> None:
    """A second worker gets the id of the same message."""
    due = json.dumps({"due": [f"MESSAGE#{harness.message()['message_id']}", "MESSAGE"]})
    batch = {"Records": [{"messageId": "1", "body": due}]}
    assert harness.world.call("notifications", "on_messages", batch) == {"batchItemFailures": []}


@pytest.mark.requirement("X-02")
@pytest.mark.parametrize("seed", range(10))
def test_under_any_faults_a_message_is_carried_exactly_once(
    harness: NotificationsHarness, seed: int
) -> None:
    dice = random.Random(seed)
    kinds = ["", "taken_then_silent", "silent", "down"]
    harness.gateway.faults = [dice.choice(kinds) for _ in range(6)]
    bodies = [harness.body(ENDED), harness.body(RECEIVED), harness.body(REQUIRED)]

    harness.world.shuffle = dice
    harness.deliver(*bodies * 3)
    for minutes in itertools.count(1):
        harness.world.advance(at("2026-09-14 10:00") + timedelta(minutes=minutes))
        if {one["status"] for one in harness.docs("MESSAGE")} == {"sent"}:
            break
        assert minutes < 90

    assert len(harness.gateway.messages) == len(harness.docs("MESSAGE")) == 5
    assert set(harness.gateway.carried.values()) == {1}
