"""Business time stops once for the deadlines of one minute, and never passes one."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from infra.local_platform.business_time import BusinessTime, NotQuiet, ServiceFacts
from shared import clock

START = datetime(2026, 9, 14, 9, tzinfo=UTC)


class FakeAws:
    """One service whose deadlines are worked when its sweep is called."""

    def __init__(self, dues: list[datetime]) -> None:
        self.dues = dues
        self.given_up = list[datetime]()
        self.in_work = list[int]()
        self.unpublished = 0
        self.woken = list[str]()
        self.time: StoppingTime

    def __call__(self, _: str) -> "FakeAws":
        return self

    def get_paginator(self, _: str) -> "FakeAws":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        shards = {
            "DUE#1": self.dues,
            "GAVE_UP#DUE": self.given_up[:1],
            "GAVE_UP#JOB": self.given_up[1:],
        }
        return [
            {
                "Items": [
                    {"due_at": {"S": clock.iso(due)}, "due_shard": {"S": shard}} for due in dues
                ]
            }
            for shard, dues in shards.items()
        ]

    def scan(self, **_: str) -> dict[str, int]:
        return {"Count": self.unpublished}

    def get_queue_attributes(self, **_: Any) -> dict[str, dict[str, str]]:
        left = str(self.in_work.pop()) if self.in_work else "0"
        return {"Attributes": {"ApproximateNumberOfMessages": left}}

    def invoke(self, FunctionName: str, **_: Any) -> None:
        self.woken.append(FunctionName)
        now = self.time.now()
        self.dues = [due for due in self.dues if due > now]


class StoppingTime(BusinessTime):
    """Business time that says where it was put."""

    stops: dict[datetime, None]

    def set(self, moment: datetime) -> None:
        self.stops[moment] = None
        super().set(moment)


class SlowTime(BusinessTime):
    """Business time whose first move has been decided and is not made yet."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, FakeAws([]), {})
        self.decided, self.go = Event(), Event()

    def set(self, moment: datetime) -> None:
        if not self.decided.is_set():
            self.decided.set()
            self.go.wait(5)
        super().set(moment)


def test_of_two_who_move_time_at_once_none_puts_it_back(tmp_path: Path) -> None:
    time = SlowTime(tmp_path / "clock")
    near, far = time.now() + timedelta(hours=1), time.now() + timedelta(days=9)
    with ThreadPoolExecutor(2) as both:
        first = both.submit(time.advance, near)
        time.decided.wait(5)
        second = both.submit(time.advance, far)
        with suppress(TimeoutError):
            second.result(0.1)
        time.go.set()
        first.result(5)
        second.result(5)
    assert time.now() >= far


def test_deadlines_of_one_minute_are_worked_at_once_and_others_in_their_own(tmp_path: Path) -> None:
    seconds = (3600, 3605, 3659, 3700, 9000, 90_000)
    dues = [START + timedelta(seconds=each) for each in seconds]
    aws = FakeAws(dues)
    aws.time = StoppingTime(tmp_path / "clock", aws, {"one": ServiceFacts("s", "d", "o", ("q",))})
    aws.time.stops = {}
    aws.time.set(START)
    end = START + timedelta(hours=5)

    aws.in_work = [1]
    waited = list[datetime]()
    aws.time.waiting = lambda: waited.append(aws.time.now())
    aws.time.advance(end)

    assert aws.woken == ["s-sweep-deadlines:live"] * 3
    (before_time_moves,) = waited
    assert abs(before_time_moves - START) < timedelta(minutes=1)  # kept to the millisecond
    assert [*aws.time.stops] == [START, *dues[2:5], end]
    assert aws.dues == dues[5:]


@pytest.mark.parametrize("micros", [1, 400, 600, 999])
def test_time_is_put_to_no_moment_before_the_one_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, micros: int
) -> None:
    """A deadline of that very moment would wait, and its sweep come twice."""
    monkeypatch.setattr(clock, "wall", lambda: START - timedelta(days=3, microseconds=micros))
    time = BusinessTime(tmp_path / "clock", FakeAws([]), {})

    time.set(START)

    assert timedelta() <= time.now() - START < timedelta(milliseconds=1)


def test_whoever_watches_is_called_while_messages_are_in_work(tmp_path: Path) -> None:
    aws, called = FakeAws([]), list[int]()
    aws.in_work = [1, 2, 3]
    waited_for = BusinessTime(tmp_path / "clock", aws, {"one": ServiceFacts("s", "d", "o", ("q",))})
    waited_for.waiting = lambda: called.append(len(aws.in_work))

    waited_for.settle()

    assert called == [2, 1, 0]


def test_what_was_given_up_is_waited_for_by_no_one(tmp_path: Path) -> None:
    aws = FakeAws([])
    aws.given_up = [clock.wall() - timedelta(days=9), clock.wall() - timedelta(days=1)]
    time = BusinessTime(tmp_path / "clock", aws, {"one": ServiceFacts("s", "d", "o", ("q",))})
    end = time.now() + timedelta(hours=1)

    assert time.advance(end) >= end
    assert aws.woken == []


def test_what_never_comes_to_rest_is_named(tmp_path: Path) -> None:
    aws = FakeAws([])
    aws.unpublished = 1
    aws.time = StoppingTime(tmp_path / "clock", aws, {"one": ServiceFacts("s", "d", "o", ("q",))})
    with pytest.raises(NotQuiet, match=r"still at work after 0 s: one has unpublished events"):
        aws.time.settle(patience=0)
    assert aws.woken == ["s-sweep-outbox:live"]
    aws.in_work = [1, 1, 1]
    with pytest.raises(NotQuiet, match="one has messages"):
        aws.time.settle(patience=0)
    aws.in_work, aws.unpublished = [], 0
    aws.time.settle(patience=0)  # what rests at the last moment rests
