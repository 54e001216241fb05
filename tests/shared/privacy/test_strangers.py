"""Strangers cause few messages: to one contact, and in a stage."""

from datetime import timedelta

import pytest

from shared import clock, observability
from shared.privacy import strangers
from tests.support.world import at, world_at


def test_a_contact_gets_three_messages_a_day_and_others_are_not_held_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(observability, "count", counted.append)
    with world_at(at("2026-09-14 09:40"), ("intake",)) as world, world.service("intake"):
        from shared.storage import connection

        store = connection.store()

        assert [strangers.may_write("a", store) for _ in range(4)] == [True, True, True, False]
        assert strangers.may_write("b", store)
    assert counted == ["stranger_message_limited"]


def test_no_midnight_gives_a_contact_three_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with world_at(at("2026-09-14 09:40"), ("intake",)) as world, world.service("intake"):
        from shared.storage import connection

        store = connection.store()
        midnight = clock.wall().replace(hour=0, minute=0) + timedelta(days=1)
        left = []
        for minutes in (-1, 1, 24 * 60 - 2, 24 * 60):
            monkeypatch.setattr(clock, "wall", lambda m=minutes: midnight + timedelta(minutes=m))
            left += [sum(strangers.may_write("a", store) for _ in range(4))]
    assert left == [3, 0, 0, 3]


def test_the_breaker_of_the_stage_lets_no_more_leave_and_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(observability, "count", counted.append)
    monkeypatch.setenv("STRANGER_MESSAGES_AN_HOUR", "2")
    with world_at(at("2026-09-14 09:40"), ("intake",)) as world, world.service("intake"):
        from shared.storage import connection

        monkeypatch.setenv("STRANGER_MESSAGES_AN_HOUR", "2")
        store = connection.store()

        assert [strangers.may_write(each, store) for each in "abc"] == [True, True, False]
    assert counted == ["stranger_breaker_open"]
