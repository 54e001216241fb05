"""Whoever watches a story is never left without a word for long."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from demo import narrator
from demo.client import Client
from demo.narrator import SILENCE_SECONDS, Narrator, reasons
from tests.support.world import at

CLIENT = cast(
    Client, SimpleNamespace(now=lambda: at("2026-10-13 09:21"), messages=lambda: [{}] * 57)
)


class Watch:
    """The clock on the wall."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


def test_a_long_wait_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, said = Watch(), list[str]()
    monkeypatch.setattr(narrator, "time", cast(Any, watch))
    told = Narrator(said.append)
    watch.seconds += SILENCE_SECONDS
    told.waiting(CLIENT)
    assert said == []

    watch.seconds += 1
    told.waiting(CLIENT)
    told.waiting(CLIENT)

    assert said == ["    · время идёт: 13 октября, 09:21; отправлено сообщений: 57"]


def test_what_is_wrong_with_one_field_is_said_once() -> None:
    steps = [{"title": "позвоните в штаб"}]
    wrong = {"detail": "Проверьте номер.", "errors": [{"detail": "Проверьте номер."}]}

    assert reasons(wrong) == ["Проверьте номер."]
    assert reasons(wrong | {"next_steps": steps})[1:] == ["Что можно сделать: позвоните в штаб."]
