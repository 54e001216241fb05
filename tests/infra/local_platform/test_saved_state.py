"""What a killed session leaves never stands in the way of the next start."""

import json
import os
import shutil
import socket
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Thread
from unittest.mock import Mock

import pytest

from infra.local_platform import emulator, saved_state
from infra.local_platform.emulator import CannotStart, Emulator
from infra.local_platform.fake_provider import FakeProvider
from infra.local_platform.platform import LocalPlatform
from infra.local_platform.platform_client import attach
from infra.local_platform.saved_state import (
    GOING_BACK,
    PARTS,
    ROWS_VERSION,
    TRACES,
    SavedState,
    _remove,
    announced,
    announcement,
    hold,
    holds_other_rows,
    kept_ports,
    write_whole,
)


def _left(folder: Path, word: str) -> None:
    (folder / "aws" / "deep").mkdir(parents=True, exist_ok=True)
    (folder / "aws" / "deep" / "table.json").write_text(word)
    (folder / "clock").write_text(word)


def test_a_log_that_has_grown_long_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emulator, "LONGEST_LOG", 3)
    for words, kept, aside in (("", "", None), ("abc", "abc", None), ("abcd", None, "abcd")):
        log = emulator.begun_log(tmp_path)
        log.write_text(words)
        assert emulator.begun_log(tmp_path) == log
        before = tmp_path / "emulator.log.1"
        assert (log.read_text() if log.exists() else None) == kept
        assert (before.read_text() if before.exists() else None) == aside


def test_a_killed_session_is_undone_whole(tmp_path: Path) -> None:
    saved = SavedState(tmp_path)
    _left(tmp_path, "in order")
    (tmp_path / "aws" / "elsewhere").symlink_to("a disk that is not there")
    saved.keep()
    _left(tmp_path, "half")
    (tmp_path / "aws" / "new.json").touch()
    (tmp_path / "region-loaded").touch()

    for _ in range(2):  # the next session may be killed as well
        assert saved.restore()
        assert (tmp_path / "aws" / "deep" / "table.json").read_text() == "in order"
        assert (tmp_path / "clock").read_text() == "in order"
        assert not (tmp_path / "aws" / "new.json").exists()
        assert not (tmp_path / "region-loaded").exists()


def test_a_copy_that_was_not_finished_does_not_count(tmp_path: Path) -> None:
    saved = SavedState(tmp_path)
    _left(tmp_path, "one")
    saved.keep()
    (tmp_path / "copy-under-way" / "aws").mkdir(parents=True)
    assert saved.restore()
    assert (tmp_path / "clock").read_text() == "one"
    saved.keep()
    assert not (tmp_path / "copy-under-way").exists()


def test_a_first_session_that_was_killed_leaves_nothing(tmp_path: Path) -> None:
    saved = SavedState(tmp_path)
    _left(tmp_path, "half")
    assert not saved.restore()
    assert not (tmp_path / "aws").exists()
    assert not (tmp_path / "clock").exists()


def test_a_state_with_rows_of_another_version_is_noticed(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    assert not holds_other_rows(ready)

    ready.write_text(announcement("http://127.0.0.1:1"))
    assert not holds_other_rows(ready)
    assert json.loads(ready.read_text())["url"] == "http://127.0.0.1:1"

    older = {"url": "x", "rows_version": ROWS_VERSION - 1}
    for other in (json.dumps({"url": "x"}), json.dumps(older), "", '{"url": "http'):
        ready.write_text(other)
        assert holds_other_rows(ready)


@pytest.mark.parametrize(
    ("kept", "broken"),
    [
        ("aws/deep.json", b'{"payload": {"tab'),
        ("aws/deep.json", b""),
        ("aws/deep.json", b"\xff\xfe\x00"),
        ("aws/deep.json", b"[" * 100_000),
        ("clock", b"12.0\x00"),
        ("clock", b"nan"),
        ("clock", b"inf"),
        ("clock", b"1e13"),
        ("messages.db", b"no database at all, though long enough to be looked at" * 100),
    ],
)
def test_a_state_that_cannot_be_read_is_not_whole(tmp_path: Path, kept: str, broken: bytes) -> None:
    saved = SavedState(tmp_path)
    assert saved.whole()
    (tmp_path / "aws").mkdir()
    (tmp_path / "aws" / "other.json").write_text("{}")
    (tmp_path / "clock").write_text("12.5")
    FakeProvider(tmp_path).close()
    assert saved.whole()
    (tmp_path / kept).write_bytes(broken)
    assert not saved.whole()


KILLED, IN_ORDER, DAMAGED = "killed", "in order", "damaged"


@pytest.mark.parametrize(
    ("last", "before", "said"),
    [
        (IN_ORDER, None, None),
        (IN_ORDER, DAMAGED, None),
        (KILLED, IN_ORDER, "The last session was killed; this one goes on from the end before it."),
        (
            DAMAGED,
            IN_ORDER,
            "What the last session left cannot be read; this one goes on from the end before it.",
        ),
        (KILLED, None, "The first session did not end in order, so this one starts afresh."),
        (DAMAGED, None, "What was kept cannot be read, so this one starts afresh."),
        (KILLED, DAMAGED, "What was kept cannot be read, so this one starts afresh."),
    ],
)
def test_a_start_says_what_it_goes_on_from(
    tmp_path: Path, last: str, before: str | None, said: str | None
) -> None:
    told: list[str] = []
    goes_on = said is None or "goes on" in said
    (tmp_path / "ready.json").write_text(announcement("http://127.0.0.1:1"))
    for state, folder in ((last, tmp_path), (before, tmp_path / "before-this-session")):
        if state is not None:
            _left(folder, "12.5" if state != DAMAGED else "12.5 half")

    assert SavedState(tmp_path).take_up(told.append, killed=last == KILLED) is goes_on

    assert told == ([] if said is None else [said])
    assert (tmp_path / "clock").exists() is goes_on
    if goes_on:
        assert (tmp_path / "clock").read_text() == "12.5"


# Killed in the midst of keeping a message.
KILLED_WRITER = """
import os, sqlite3
kept = sqlite3.connect("messages.db", isolation_level=None)
kept.execute("BEGIN")
kept.execute("PRAGMA cache_spill = 1")
kept.execute("INSERT INTO arrivals (id, body) VALUES ('2', hex(randomblob(3000000)))")
os._exit(9)
"""


def test_a_message_that_a_killed_session_was_keeping_is_not_mixed_into_the_one_before(
    tmp_path: Path,
) -> None:
    """SQLite's journal lies beside its file, and is played back into whatever has that name."""
    (tmp_path / "ready.json").write_text(announcement("http://127.0.0.1:1"))
    messages = FakeProvider(tmp_path)
    messages.put("1", {"carrier": "sms", "to": "a", "text": "before"}, "t")
    messages.close()
    assert SavedState(tmp_path).take_up(lambda _: None, killed=False)
    messages = FakeProvider(tmp_path)
    for number in range(2, 50):
        messages.put(str(number), {"carrier": "sms", "to": "a", "text": "later" * 99}, "t")
    messages.close()
    Popen([sys.executable, "-c", KILLED_WRITER], cwd=tmp_path).wait()
    assert (tmp_path / "messages.db-journal").exists()

    assert SavedState(tmp_path).take_up(lambda _: None, killed=True)

    messages = FakeProvider(tmp_path)
    assert [each["text"] for each in messages.messages()] == ["before"]
    messages.close()


def test_a_way_back_that_was_broken_off_is_gone_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had put in place by then could be read, and replaced the copy."""
    (tmp_path / "ready.json").write_text(announcement("http://127.0.0.1:1"))
    _left(tmp_path, "12.5 half")
    _left(tmp_path / "before-this-session", "12.5")
    kept = {each.name for each in (tmp_path / "before-this-session").iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copy2", Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            SavedState(tmp_path).take_up(lambda _: None, killed=False)

    for _ in range(2):
        assert SavedState(tmp_path).take_up(lambda _: None, killed=False)
        assert {each.name for each in tmp_path.iterdir()} >= kept
        assert (tmp_path / "clock").read_text() == "12.5"


def test_a_first_start_that_was_broken_off_is_begun_again_in_a_sentence(tmp_path: Path) -> None:
    told: list[str] = []
    _left(tmp_path, "12.5")
    assert not SavedState(tmp_path).take_up(told.append, killed=False)
    assert told == ["The first start was broken off, so this one starts afresh."]
    assert not (tmp_path / "aws").exists()


def test_a_state_that_was_half_thrown_away_is_taken_for_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--fresh` broken off by Ctrl-C or a kill: what was left reads well, and half is missing."""
    for steps in range(len(PARTS) + len(TRACES)):
        folder, left = tmp_path / str(steps), [steps]
        folder.mkdir()
        _left(folder, "1")
        for name in ("messages.db", "region-loaded", "ports.json"):
            (folder / name).touch()
        saved = SavedState(folder)
        saved.keep()
        saved.announce("http://127.0.0.1:1")

        def remove(path: Path, left: list[int] = left) -> None:
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            _remove(path)

        monkeypatch.setattr(saved_state, "_remove", remove)
        with pytest.raises(KeyboardInterrupt):
            saved.forget()
        monkeypatch.setattr(saved_state, "_remove", _remove)

        went_on = SavedState(folder).take_up(Mock(), killed=False)
        assert went_on == (steps == 0), f"after {steps} steps"
        assert went_on or not any((folder / name).exists() for name in PARTS)


def test_the_very_first_start_has_nothing_to_say(tmp_path: Path) -> None:
    told: list[str] = []
    folder = tmp_path / "new" / "state"
    with hold(folder):
        assert not SavedState(folder).take_up(told.append, killed=False)
    assert told == []


def test_a_state_keeps_its_ports_until_another_is_asked_for(tmp_path: Path) -> None:
    saved = SavedState(tmp_path)
    found = saved.ports(0)
    assert found.keys() == {"origin", "emulator"} and 0 not in found.values()
    assert saved.ports(0) == found
    for asked in (8710, 8720):
        there = {"origin": asked, "emulator": asked + 1}
        assert [saved.ports(asked), saved.ports(0), saved.ports(asked)] == [there] * 3


@pytest.mark.parametrize("port", [-5, 0, 65536, 8700.5, "8700", [8700]])
def test_a_port_that_cannot_be_is_not_kept(tmp_path: Path, port: object) -> None:
    (tmp_path / "ports.json").write_text(json.dumps({"origin": 8700, "emulator": port}))
    assert SavedState(tmp_path).ports(8700) == {"origin": 8700, "emulator": 8701}


def test_what_was_moved_to_another_disk_is_left_there_when_the_state_is_thrown_away(
    tmp_path: Path,
) -> None:
    elsewhere, state = tmp_path / "elsewhere", tmp_path / "state"
    for folder in (elsewhere, state):
        folder.mkdir()
    (elsewhere / "files").touch()
    for name in ("s3", "tmp"):
        (state / name).symlink_to(elsewhere)

    SavedState(state).forget()

    assert [*state.iterdir()] == []
    assert (elsewhere / "files").exists()


def test_what_fails_on_a_full_disk_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Mock(free=4096))
    refused = pytest.raises(CannotStart, match=f"disk that holds {tmp_path} is full")
    with refused, LocalPlatform(tmp_path).blaming_the_emulator():
        raise KeyError("a function that could not be written")


def test_a_folder_that_cannot_keep_a_state_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "state"):
        with pytest.raises(CannotStart, match=r"cannot be kept there: .*file.* --state FOLDER run"):
            LocalPlatform(place).start()


def _hang_up(stranger: socket.socket) -> None:
    with stranger.accept()[0] as caller:
        caller.sendall(b"SSH-2.0\r\n")


def test_a_stranger_at_the_emulators_port_is_not_taken_for_it(tmp_path: Path) -> None:
    (tmp_path / "ready.json").write_text(announcement("http://127.0.0.1:1"))
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        ports = {"origin": 1, "emulator": stranger.getsockname()[1]}
        (tmp_path / "ports.json").write_text(json.dumps(ports))
        Thread(target=_hang_up, args=[stranger], daemon=True).start()
        with pytest.raises(CannotStart, match="does not run now"):
            attach(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"origin": 8700}', '{"url": 1', "null", "[" * 9999]
)
def test_facts_of_a_session_that_cannot_be_read_count_as_none(tmp_path: Path, text: str) -> None:
    facts = tmp_path / "facts.json"
    assert kept_ports(facts) == {} and announced(facts) == ""
    facts.write_text(text)
    assert kept_ports(facts) == {} and announced(facts) == ""
    for name in ("ready.json", "ports.json"):
        (tmp_path / name).write_text(text)
    with pytest.raises(CannotStart, match="No platform has been started yet"):
        attach(tmp_path)
    assert SavedState(tmp_path).ports(8710) == {"origin": 8710, "emulator": 8711}


def test_a_file_that_is_written_anew_is_never_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = tmp_path / "clock"
    write_whole(clock, "1.000")
    monkeypatch.setattr(Path, "replace", Mock(side_effect=OSError("the disk is full")))
    with pytest.raises(OSError, match="full"):
        write_whole(clock, "2.000")
    assert clock.read_text() == "1.000"


@pytest.mark.parametrize("pid", ["", "12", "no number", str(2**22 + 1)])
def test_a_process_number_that_leads_to_nobody_of_ours_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pid: str
) -> None:
    (tmp_path / "emulator.pid").write_text(pid)
    if pid == "12":  # after the machine has started anew it may be another person's
        monkeypatch.setattr(Path, "readlink", Mock(side_effect=PermissionError))
    Emulator(tmp_path, 0).stop_orphan()


@pytest.mark.parametrize("heeds", [True, False])
def test_an_orphan_that_does_not_end_is_killed_and_counts_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heeds: bool
) -> None:
    monkeypatch.setattr(emulator, "PATIENCE", 5 if heeds else 0.05)
    saves = "rm emulator.pid; exit" if heeds else ":"
    script = f"trap '{saves}' TERM; echo; while :; do sleep 0.02; done"
    with Popen(["sh", "-c", script], cwd=tmp_path, stdout=PIPE) as orphan:
        assert orphan.stdout is not None
        orphan.stdout.readline()
        (tmp_path / "emulator.pid").write_text(str(orphan.pid))

        Emulator(tmp_path, 0).stop_orphan()  # nobody has asked how it ended, so it is still listed

    assert orphan.returncode == (0 if heeds else -9)
    assert Emulator(tmp_path, 0).was_killed is not heeds


def test_a_function_that_outlives_a_killed_emulator_writes_nothing_into_the_next_one(
    tmp_path: Path,
) -> None:
    code, other = tmp_path / "tmp" / "ministack-lambda" / "code", tmp_path / "tmpfiles"
    code.mkdir(parents=True)
    other.mkdir()
    with Popen(["sleep", "9"], cwd=code) as left, Popen(["sleep", "9"], cwd=other) as stranger:
        Emulator(tmp_path, 0)._end_workers()
        assert left.wait(5) == -9
        assert stranger.poll() is None
        stranger.kill()


def test_a_fresh_start_ends_an_orphan_first_and_takes_nothing_from_a_platform_that_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []
    monkeypatch.setattr(Emulator, "stop_orphan", lambda self: ended.append(self.was_killed))
    monkeypatch.setattr(SavedState, "ports", Mock(side_effect=KeyError("enough")))
    _left(tmp_path, "half")
    for name in ("emulator.pid", "ready.json", "ports.json", GOING_BACK, "diary.txt"):
        (tmp_path / name).write_text("half")
    (tmp_path / "lock").write_text("1")  # the number of the process before
    for copy in ("before-this-session", "copy-under-way"):
        (tmp_path / copy).mkdir()  # else a session that is killed would go back beyond this start
    running = hold(tmp_path)
    with pytest.raises(CannotStart, match=f"Another platform runs.* `kill {os.getpid()}`"):
        LocalPlatform(tmp_path, fresh=True).start()
    assert (tmp_path / "clock").read_text() == "half"

    running.close()
    with pytest.raises(KeyError, match="enough"):
        LocalPlatform(tmp_path, fresh=True).start()

    assert ended == [True]
    assert sorted(kept.name for kept in tmp_path.iterdir()) == ["diary.txt", "lock"]


@pytest.mark.parametrize(("killed", "told"), [(True, CannotStart), (False, KeyError)])
def test_what_fails_because_the_emulator_was_killed_is_told_in_a_sentence(
    tmp_path: Path, killed: bool, told: type[Exception]
) -> None:
    platform = LocalPlatform(tmp_path)
    platform.emulator = Emulator(tmp_path, 0)
    with Popen(["sleep", "9"]) as process:
        platform.emulator._process = process
        if killed:
            process.kill()
        with pytest.raises(told), platform.blaming_the_emulator():
            raise KeyError
        process.kill()
