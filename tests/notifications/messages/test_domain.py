"""The send ledger as pure rules: what is known about a message, and what may be done next."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.messages.domain import LEASE, Message
from services.notifications.messages.values import (
    Bill,
    MessageStatus,
    NextAction,
    derived_id,
    wait,
)
from services.notifications.pacing.values import Daytime
from shared.errors import IllegalStep

SAMARA = Daytime(ZoneInfo("Europe/Samara"), lambda day: False)
NOON = datetime(2026, 9, 14, 8, 0, tzinfo=UTC)


def message(**more: object) -> Message:
    base = {
        "message_id": "msg_1", "event_id": "evt_1", "correlation_id": "cor_1",
        "template": "request_received_family", "variant": "text", "audience": "family",
        "reference": "req_1", "region": "ZR", "urgent": False, "created_at": NOON, "due_at": NOON,
        "raised": {"source": "req_1", "at": NOON},
    }  # fmt: skip
    return Message.model_validate(base | more)


def test_a_new_message_is_sent_at_once_by_day() -> None:
    assert message().next_action(NOON, SAMARA) is NextAction.SEND


def test_nothing_is_sent_before_it_is_due() -> None:
    assert message().next_action(NOON - timedelta(seconds=1), SAMARA) is NextAction.WAIT


def test_a_claim_is_left_alone_until_its_lease_is_over_and_then_the_gateway_is_asked() -> None:
    claimed = message().claim("sms", "smsc", "mark", NOON)

    assert claimed.next_action(NOON + LEASE - timedelta(seconds=1), SAMARA) is NextAction.WAIT
    assert claimed.next_action(NOON + LEASE, SAMARA) is NextAction.ASK


def test_an_unknown_message_is_asked_about_and_never_sent_blindly() -> None:
    unknown = message().claim("sms", "smsc", "mark", NOON).mark_unknown(NOON)

    assert unknown.next_action(NOON + timedelta(hours=9), SAMARA) is NextAction.ASK
    asked_twice = unknown.mark_unknown(NOON).mark_unknown(NOON)
    assert asked_twice.due_at == NOON + wait(unknown.attempts + 2)
    with pytest.raises(IllegalStep):
        unknown.claim("sms", "smsc", "mark", NOON)


def test_only_absent_makes_a_message_be_sent_again() -> None:
    unknown = message().claim("sms", "smsc", "mark", NOON).mark_unknown(NOON)

    assert unknown.mark_absent(NOON).next_action(NOON, SAMARA) is NextAction.SEND


def test_a_sent_message_is_never_due_again() -> None:
    sent = message().claim("sms", "smsc", "mark", NOON).mark_sent(NOON)

    assert sent.due_at is None
    assert sent.next_action(NOON + timedelta(days=400), SAMARA) is NextAction.WAIT


def test_a_refused_channel_is_not_taken_again() -> None:
    refused = message().claim("bot", "max", "mark", NOON).refuse_channel("blocked", NOON)

    assert refused.status is MessageStatus.QUEUED
    assert refused.refused_channels == ("bot",)


VERBS: dict[str, Callable[[Message], Message]] = {
    "claim": lambda one: one.claim("sms", "smsc", "mark", NOON),
    "fall_back": lambda one: one.fall_back(NOON),
    "join": lambda one: one.join("msg_2"),
    "mark_sent": lambda one: one.mark_sent(NOON),
    "hand_over": lambda one: one.hand_over(),
    "mark_unknown": lambda one: one.mark_unknown(NOON),
    "mark_absent": lambda one: one.mark_absent(NOON),
    "requeue": lambda one: one.requeue(NOON),
    "skip_provider": lambda one: one.skip_provider(NOON),
    "refuse_channel": lambda one: one.refuse_channel("blocked_by_user", NOON),
    "leave_unknown": lambda one: one.leave_unknown(NOON),
    "come_back": lambda one: one.refuse_channel("no_such_address", NOON, step="come_back"),
    "arrive_after_all": lambda one: one.arrive_after_all("smsc", NOON),
    "mark_delivered": lambda one: one.mark_delivered(NOON),
    "mark_read": lambda one: one.mark_read(NOON),
    "withhold": lambda one: one.withhold("unwanted"),
    "fail": lambda one: one.fail("not_found"),
}
IN_DOUBT = {
    "hand_over",
    "mark_sent",
    "mark_unknown",
    "mark_absent",
    "requeue",
    "refuse_channel",
    "leave_unknown",
}
LEGAL = {
    MessageStatus.QUEUED: {"claim", "join", "withhold", "fail", "arrive_after_all"},
    MessageStatus.JOINED: {"mark_sent", "requeue"},
    MessageStatus.CLAIMED: {*IN_DOUBT, "skip_provider"},
    MessageStatus.UNKNOWN: {*IN_DOUBT, "arrive_after_all"},
    MessageStatus.HANDED_OVER: {"mark_sent", "withhold", "fail", "arrive_after_all"},
    MessageStatus.SENT: {
        "mark_delivered",
        "mark_read",
        "refuse_channel",
        "fall_back",
        "arrive_after_all",
    },
    MessageStatus.DELIVERED: {"mark_read", "come_back"},
    MessageStatus.READ: set(),
    MessageStatus.FAILED: {"arrive_after_all"},
    MessageStatus.WITHHELD: {"arrive_after_all"},
}


def test_the_ledger_moves_only_along_its_table() -> None:
    assert set(LEGAL) == set(MessageStatus)
    for status, legal in LEGAL.items():
        for verb, step in VERBS.items():
            one = message(status=status)
            if verb in legal:
                step(one)
            else:
                with pytest.raises(IllegalStep):
                    step(one)


def test_a_provider_without_the_message_is_skipped_until_all_of_its_channel_were_tried() -> None:
    claimed = message().claim("sms", "smsc", "mark", NOON)
    skipped = claimed.skip_provider(NOON)
    again = skipped.claim("sms", "sms_aero", "mark", NOON).requeue(NOON, timedelta(minutes=5))

    assert (skipped.skipped_providers, skipped.due_at) == (("smsc",), NOON)
    assert (again.skipped_providers, again.due_at) == ((), NOON + timedelta(minutes=5))


def test_what_arrives_late_was_sent_when_it_was_first_sent_and_keeps_no_id_of_another_try() -> None:
    later, bill = NOON + timedelta(hours=1), Bill(provider_id="77", segments=2, kopecks=350)
    sent = message(urgent=True).claim("sms", "smsc", "mark", NOON).mark_sent(NOON, bill)
    again = sent.fall_back(later).claim("bot", "max", "mark", later)

    assert (sent.provider_id, sent.segments, sent.kopecks) == ("77", 2, 350)
    assert again.mark_sent(later).provider_id is None
    assert sent.fall_back(later).arrive_after_all("smsc", later).sent_at == NOON
    unknown = message().claim("sms", "smsc", "mark", NOON).mark_unknown(NOON)
    assert unknown.arrive_after_all("smsc", later).sent_at == later


def test_what_cannot_be_known_goes_another_way_and_is_remembered() -> None:
    left = message().claim("bot", "telegram", "mark", NOON).leave_unknown(NOON)
    urgent = message(urgent=True).claim("bot", "max", "mark", NOON)

    assert (left.doubts, left.refused_channels, left.by_phone) == (("telegram",), ("bot",), True)
    assert left.reason == "outcome_unknown"
    assert not urgent.leave_unknown(NOON).by_phone
    assert [one.is_left_unknown(NOON + timedelta(minutes=15)) for one in (urgent, left)] == [
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-09-14 21:59", "2026-09-14 21:59"),
        ("2026-09-14 22:00", "2026-09-15 09:00"),
        ("2026-09-14 23:30", "2026-09-15 09:00"),
        ("2026-09-15 00:00", "2026-09-15 09:00"),
        ("2026-09-15 08:59", "2026-09-15 09:00"),
        ("2026-09-15 09:00", "2026-09-15 09:00"),
    ],
)
def test_the_night_is_from_22_to_9_on_the_clocks_of_the_region(local: str, expected: str) -> None:
    moment = datetime.fromisoformat(f"{local}+04:00").astimezone(UTC)

    assert SAMARA.next_moment(moment) == datetime.fromisoformat(f"{expected}+04:00")


def test_what_is_urgent_does_not_wait_for_the_morning() -> None:
    night = datetime(2026, 9, 14, 20, tzinfo=UTC)

    assert message(due_at=night).next_action(night, SAMARA) is NextAction.WAIT
    assert message(due_at=night, urgent=True).next_action(night, SAMARA) is NextAction.SEND
    morning = SAMARA.next_moment(night)
    for late, action in ((0, NextAction.SEND), (1, NextAction.WAIT)):
        over = message(due_at=night, expires_at=morning + timedelta(seconds=late))
        assert over.next_action(night, SAMARA) is action, "worth nothing in the morning"
    assert over.next_action(over.expires_at or night, SAMARA) is NextAction.DROP


@given(st.integers(min_value=0, max_value=10_000))
def test_waiting_grows_but_never_over_ten_minutes(attempts: int) -> None:
    assert timedelta(seconds=30) <= wait(attempts) <= timedelta(minutes=10)
    assert wait(attempts) <= wait(attempts + 1)


def test_the_id_of_a_message_follows_from_the_event_and_the_template() -> None:
    one = derived_id("msg", NOON, "evt_1", "request_received_family")

    assert one == derived_id("msg", NOON, "evt_1", "request_received_family")
    assert one != derived_id("msg", NOON, "evt_1", "request_received_hq")
    assert one < derived_id("msg", NOON + timedelta(seconds=1), "evt_0", "a")
    assert len(one) == len("msg_") + 26


def test_a_provider_that_wants_to_be_left_alone_is_and_a_channel_is_left_in_time() -> None:
    hour, claimed = timedelta(hours=1), message().claim("sms", "smsc", "mark", NOON)
    refused = claimed.requeue(NOON, hour)
    assert refused.due_at == NOON + hour
    assert refused.waits_since == NOON
    again = refused.claim("sms", "smsc", "mark", NOON + hour).requeue(NOON + hour, 7 * hour)
    assert again.due_at == NOON + 6 * hour, "then the next channel is taken"
    assert (again.is_unserved(NOON + 5 * hour), again.is_unserved(NOON + 6 * hour)) == (False, True)

    left = again.leave_channel("sms", NOON + 6 * hour)
    assert (left.refused_channels, left.unserved, left.waits_since) == (("sms",), ("sms",), None)
    waiting = left.wait_for_provider(NOON + 6 * hour, is_there=False)
    again = waiting.wait_for_provider(NOON + 7 * hour, is_there=True)
    assert again.waits_since == NOON + 6 * hour
    assert waiting.is_unserved(NOON + 6 * hour + timedelta(minutes=10))
    assert waiting.until_morning(NOON + 6 * hour, SAMARA).waits_since is None

    urgent = message(urgent=True).claim("sms", "smsc", "mark", NOON).requeue(NOON, hour)
    assert urgent.due_at == NOON + timedelta(minutes=15)
    # Where there is no other channel, it is tried on and on, and not at once again.
    late = urgent.claim("sms", "smsc", "mark", NOON + hour).requeue(NOON + hour)
    assert late.due_at == NOON + hour + wait(2)


def looks(of: Message, until: timedelta) -> list[timedelta]:
    """When a message looks for a provider that is not there, since the first time."""
    seen = [NOON]
    while seen[-1] < NOON + until:
        of = of.wait_for_provider(seen[-1], is_there=False)
        assert of.due_at is not None
        seen.append(of.due_at)
    return [each - NOON for each in seen]


def test_a_contact_is_asked_for_ever_less_often_while_its_channel_has_no_provider() -> None:
    minute = timedelta(minutes=1)
    asked = looks(message(), timedelta(days=1))
    assert asked[:5] == [0 * minute, minute / 2, minute, 2 * minute, 4 * minute]
    assert timedelta(hours=6) in asked, "then the next channel is taken"
    assert max(then - each for each, then in pairwise(asked)) == 4 * minute
    assert looks(message(urgent=True), 15 * minute)[-1] == 15 * minute
    # Room comes with the next second.
    full = message().wait_for_provider(NOON, is_there=True)
    full = full.wait_for_provider(NOON + 5 * minute, is_there=True)
    assert full.due_at == NOON + 5.5 * minute


@pytest.mark.parametrize(
    "more",
    [
        {"template": "request_received_hq"},
        {"variant": "other"},
        {"region": "YY"},
        {"topics": {"match_id": "mat_2"}},
        {"facts": {"day": "2026-10-02"}},
    ],
)
def test_what_reads_otherwise_does_not_say_the_same(more: dict[str, object]) -> None:
    first = {"topics": {"match_id": "mat_1"}, "facts": {"day": "2026-10-01"}}
    assert message(**first).says_the_same(message(**first | {"message_id": "msg_2"}))
    assert not message(**first).says_the_same(message(**first | more))
