"""No foreign page reaches the emulator, and what was not saved is never taken for saved."""

import asyncio
import contextlib
import importlib
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from types import SimpleNamespace
from typing import Any

import pytest

from infra.local_platform import run_emulator
from infra.local_platform.emulator import PROGRAM, local_client, port_taken
from infra.local_platform.run_emulator import PARENT, PID_FILE, from_foreign_page, guarded
from infra.services import ROOT

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
    monkeypatch.setenv(PARENT, str(os.getppid()))
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


@pytest.mark.parametrize(("code", "saved"), [(0, True), (1, False)])
def test_an_end_that_was_asked_for_twice_is_orderly(
    stock: Callable[..., None], code: int, saved: bool
) -> None:
    with contextlib.nullcontext() if saved else pytest.raises(SystemExit):
        stock(lambda: sys.exit(code))
    assert PID_FILE.exists() is not saved


def test_an_emulator_whose_platform_was_killed_ends_by_itself() -> None:
    code = "import os; from infra.local_platform.run_emulator import end_with; end_with({})"
    for parent, end in ((2**22 + 1, -signal.SIGTERM), ("os.getppid()", None)):
        with Popen([sys.executable, "-c", code.format(parent)], cwd=ROOT) as left:
            if end is None:
                with pytest.raises(TimeoutExpired):
                    left.wait(0.5)
                left.kill()
            else:
                assert left.wait(10) == end


def test_a_platform_that_a_port_belongs_to_is_named(tmp_path: Path) -> None:
    """It ends in order, with what is under way; who ends its emulator alone breaks that off."""
    port, other = 2**16, 2**16 + 1  # which no platform that runs beside the tests can have
    environment = {"GATEWAY_PORT": str(port), PARENT: "4711"}
    with Popen(
        ["sh", "-c", "echo; read x", PROGRAM.name],
        cwd=tmp_path, env=environment, stdin=PIPE, stdout=PIPE,
    ) as left:  # fmt: skip
        assert left.stdout is not None
        left.stdout.readline()
        for taken in (port - 1, port):
            said = str(port_taken(taken))
            assert str(tmp_path) in said and "`kill 4711`" in said
        assert "another program" in str(port_taken(other))
        left.kill()


def test_a_proxy_of_the_persons_own_is_not_asked_for_the_emulator(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    assert local_client("sqs", "http://127.0.0.1:8701").meta.config.proxies == {}
