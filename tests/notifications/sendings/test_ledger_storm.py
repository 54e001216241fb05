"""Twenty thousand ways to send one message: never carried twice, never unknown for long.

The ledger's rules run against a gateway that accepts and falls silent, breaks, refuses, is down,
does not answer questions, and against workers that die before and after the call. The gateway here
is not idempotent on purpose: the ledger alone must not put a message again that was carried.
"""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.notifications.messages.domain import Message
from services.notifications.messages.values import MessageStatus, NextAction
from services.notifications.pacing.values import Daytime

SCHEDULES = 20_000
BY_DAY = Daytime(ZoneInfo("UTC"), lambda day: False)
START = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)
PUT = {
    "taken": 55,
    "taken_silent": 15,
    "silent": 10,
    "down": 10,
    "refused": 2,
    "dies": 4,
    "died": 4,
}
ASK = {"told": 70, "silent": 30}
FACTS: dict[str, Any] = {"status": MessageStatus.QUEUED, "due_at": START, "urgent": True}
QUEUED = Message.model_construct(**FACTS, attempts=0, refused_channels=())


class Run:
    """One message through one storm."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.now = START
        self.carried = 0
        self.faults: Counter[str] = Counter()
        self.unknown_since: datetime | None = None
        self.unknown_for = timedelta()
        self.message = QUEUED

    def to_the_end(self) -> None:
        for _ in range(200):
            if self.message.due_at is None:
                return
            self.now = max(self.now, self.message.due_at) + self._lateness()
            step = self.message.next_action(self.now, BY_DAY)
            self.message = self._sent() if step is NextAction.SEND else self._asked()
            self._watch()
        raise AssertionError("the message never comes to rest")

    def _sent(self) -> Message:
        way = f"way-{len(self.message.refused_channels)}"
        claimed = self.message.claim(way, "gateway", "mark", self.now)
        fault = self._pick(PUT)
        self.carried += fault in ("taken", "taken_silent", "died")
        if fault in ("dies", "died"):  # before and after the gateway heard of it
            return claimed
        if fault == "taken":
            return claimed.mark_sent(self.now)
        if fault == "down":
            return claimed.requeue(self.now)
        if fault == "refused":
            again = claimed.refuse_channel("blocked", self.now)
            return again.fail("blocked") if len(again.refused_channels) > 1 else again
        return claimed.mark_unknown(self.now)

    def _asked(self) -> Message:
        if self._pick(ASK) == "silent":
            return self.message.mark_unknown(self.now)
        return (
            self.message.mark_sent(self.now) if self.carried else self.message.mark_absent(self.now)
        )

    def _watch(self) -> None:
        unknown = self.message.status in (MessageStatus.UNKNOWN, MessageStatus.CLAIMED)
        if unknown and self.unknown_since is None:
            self.unknown_since = self.now
        if not unknown and self.unknown_since is not None:
            self.unknown_for = max(self.unknown_for, self.now - self.unknown_since)
            self.unknown_since = None

    def _pick(self, weights: dict[str, int]) -> str:
        (chosen,) = self.dice.choices(list(weights), list(weights.values()))
        self.faults[chosen] += 1
        return chosen

    def _lateness(self) -> timedelta:
        """The sweep comes once a minute."""
        return timedelta(seconds=self.dice.uniform(0, 60))


@pytest.mark.slow
def test_no_schedule_carries_a_message_twice_and_doubt_is_short() -> None:
    faults: Counter[str] = Counter()
    doubts = []

    for seed in range(SCHEDULES):
        run = Run(seed)
        run.to_the_end()
        assert run.carried == (run.message.status is MessageStatus.SENT), f"seed {seed}"
        faults += run.faults
        doubts.append(run.unknown_for)

    assert set(faults) == set(PUT) | set(ASK)
    assert sorted(doubts)[int(SCHEDULES * 0.99)] < timedelta(minutes=15)
