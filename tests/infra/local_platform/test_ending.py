"""However a person ends the platform, what it held is saved whole and nothing goes on running."""

import os
import signal
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Timer
from unittest.mock import Mock

import pytest

from infra import local
from infra.local_platform import emulator
from infra.local_platform.emulator import CannotStart, Emulator, heed_signals
from infra.local_platform.platform import LocalPlatform

SAVES_SLOWLY = "trap 'sleep 0.3; rm emulator.pid; exit' TERM; echo; while :; do sleep 0.02; done"


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    """Pytest's own, afterwards."""
    before = {each: signal.getsignal(each) for each in emulator.ENDING}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Emulator]:
    """A process that takes its time to save, in the emulator's place."""
    made = Emulator(tmp_path, 0)
    command = ["sh", "-c", SAVES_SLOWLY]
    with Popen(command, stdout=PIPE, cwd=tmp_path, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        made._process = process
        made._pid_file.write_text(str(process.pid))
        yield made
        process.kill()


@pytest.mark.parametrize("again", [signal.SIGINT, signal.SIGHUP])
def test_a_signal_while_it_saves_does_not_lose_the_session(
    running: Emulator, again: signal.Signals
) -> None:
    heed_signals()
    Timer(0.1, signal.raise_signal, [again]).start()
    running.stop()
    assert not running.was_killed
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(again)


def test_a_terminal_that_closes_says_so_twice_and_ends_the_platform_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heed_signals()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGHUP)
    signal.raise_signal(signal.SIGHUP)
    signal.raise_signal(signal.SIGTERM)
    monkeypatch.setattr(emulator, "AT_ONCE", 0)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_whether_it_lives_is_asked_of_the_system_not_of_popen(
    running: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Ctrl-C in the midst of `wait` or `poll` leaves their lock held for ever."""
    process = running._process
    assert process is not None and running.alive
    running.check()
    with monkeypatch.context() as patched:
        for name in ("wait", "poll"):
            patched.setattr(process, name, Mock(side_effect=OSError))
        os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(CannotStart, match="ended by itself"):
            running.check(patience=5)
        assert not running.alive


@pytest.mark.parametrize("saves", [True, False])
def test_a_session_that_could_not_be_saved_ends_with_a_code_that_says_so(
    running: Emulator, monkeypatch: pytest.MonkeyPatch, saves: bool
) -> None:
    said: list[str] = []
    platform = LocalPlatform(running.state, say=said.append)
    platform.emulator, platform._serving, platform.time = running, True, Mock()
    monkeypatch.setattr(emulator, "PATIENCE", 60 if saves else 0)
    monkeypatch.setattr(LocalPlatform, "start", Mock())
    monkeypatch.setattr(local, "LocalPlatform", lambda *_, **__: platform)
    for quiet in ("_load_region", "_welcome", "_stay"):
        monkeypatch.setattr(local, quiet, Mock(return_value=""))

    with nullcontext() if saves else pytest.raises(SystemExit, match="1"):
        local.run(Namespace(state=running.state, port=0, fresh=False))

    assert [line.partition(";")[0] for line in said] == ["This session could not be saved"] * (
        not saves
    )


def test_functions_end_with_the_emulator(running: Emulator) -> None:
    code = running.state / "tmp" / "ministack-lambda" / "code"
    code.mkdir(parents=True)
    with Popen(["sleep", "9"], cwd=code) as left:
        running.stop()
        assert left.wait(1) == -signal.SIGKILL


def test_a_check_does_not_wait_longer_than_asked(running: Emulator) -> None:
    begun = time.monotonic()
    running.check(patience=0.1)
    assert time.monotonic() - begun < 1


def test_a_state_that_is_taken_up_at_another_port_finds_its_queues(tmp_path: Path) -> None:
    """As where the port is taken by now: no message of any queue came to its function any more."""
    for queue in ("kept", "made"):
        place = Emulator(tmp_path, emulator.free_port())
        place.start()
        sqs = emulator.local_client("sqs", place.endpoint)
        if queue == "kept":
            sqs.send_message(QueueUrl=sqs.create_queue(QueueName="q")["QueueUrl"], MessageBody="m")
        else:
            url = sqs.get_queue_url(QueueName="q")["QueueUrl"]
            assert f":{place.port}/" in url
            assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "m"
        place.stop()
