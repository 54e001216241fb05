"""No foreign page reaches the emulator, and what was not saved is never taken for saved."""

import asyncio
import importlib
import logging
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from infra import run_emulator
from infra.run_emulator import PID_FILE, from_foreign_page, guarded

HERE = "127.0.0.1:8701"


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "foreign.example:8701"},
        {"host": "127.0.0.1.foreign.example:8701"},
        {"host": "127.0.0.1:8701, foreign.example"},
        {"host": "foreign@127.0.0.1:8701"},
        {"host": "[::1"},
        {},
        {"host": HERE, "origin": "https://foreign.example"},
        {"host": HERE, "origin": "null"},
        {"host": HERE, "origin": "http://localhost.foreign.example"},
        {"host": HERE, "sec-fetch-site": "cross-site"},
        {"host": HERE, "sec-fetch-site": "cross-site", "referer": "https://foreign.example/"},
        {"host": HERE, "sec-fetch-site": "same-site"},
    ],
)
def test_a_foreign_page_and_a_foreign_name_are_refused(headers: dict[str, str]) -> None:
    assert from_foreign_page(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": HERE},
        {"host": "LOCALHOST:8701"},
        {"host": "[::1]:8701"},
        {"host": HERE, "sec-fetch-site": "none"},
        {"host": HERE, "origin": "http://localhost:5173", "sec-fetch-site": "cross-site"},
        {"host": HERE, "referer": "http://127.0.0.1:5173/a", "sec-fetch-site": "same-site"},
        {"host": "127.0.0.1", "origin": "https://foreign.example"},
    ],
)
def test_programs_developers_pages_and_what_the_proxy_has_judged_pass(
    headers: dict[str, str],
) -> None:
    assert not from_foreign_page(headers)


def _answers(scope: dict[str, Any]) -> list[Any]:
    """What an application behind the guard answers; `passed` when it was asked at all."""
    said: list[Any] = []

    async def app(*_: object) -> None:
        said.append("passed")

    async def send(message: dict[str, Any]) -> None:
        said.append(message.get("status", message.get("code")))

    async def receive() -> dict[str, Any]:
        return {}

    asyncio.run(guarded(app)(scope, receive, send))
    return said


def test_the_guard_lets_the_stock_emulator_hear_nothing_of_a_foreign_page() -> None:
    foreign = [(b"Host", HERE.encode()), (b"Origin", b"https://foreign.example")]
    assert _answers({"type": "http", "headers": foreign}) == [403, None]
    assert _answers({"type": "websocket", "headers": foreign}) == [1008]
    assert _answers({"type": "http", "headers": foreign[:1]}) == ["passed"]
    assert _answers({"type": "lifespan"}) == ["passed"]


@pytest.fixture
def stock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs the program over a stock emulator that does as asked; a pid file is there before."""
    monkeypatch.chdir(tmp_path)
    PID_FILE.write_text("1")
    kept = logging.getLogger("persistence")
    monkeypatch.setattr(kept, "handlers", [])

    def run(does: Callable[[], object]) -> None:
        made = SimpleNamespace(app=None, main=does)
        monkeypatch.setattr(importlib, "import_module", lambda _: made)
        run_emulator.main()
        assert made.app is not None

    return run


def test_an_orderly_end_is_noted_whoever_asked_for_it(stock: Callable[..., None]) -> None:
    stock(lambda: logging.getLogger("persistence").warning("saved, though slowly"))
    assert not PID_FILE.exists()


def test_a_full_disk_counts_as_a_kill(stock: Callable[..., None]) -> None:
    with pytest.raises(SystemExit):
        stock(lambda: logging.getLogger("persistence").error("failed to save dynamodb"))
    assert PID_FILE.exists()
