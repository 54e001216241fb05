"""What a local platform keeps in its folder, whole as of its last orderly end.

The emulator writes its state only when it ends in order, one service after another. What a killed
one left may therefore be half of something: the copy made before the session replaces it.
"""

import fcntl
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from infra.local_platform.emulator import CannotStart, free_port
from infra.services import ROOT
from shared.clock import wall

STATE = ROOT / ".local" / "state"

# Raised when rows of an earlier version are no longer read (docs/decisions/0032): a state folder of
# another version is thrown away, because services would fail on what it holds.
ROWS_VERSION = 20
PARTS = ("aws", "s3", "clock", "messages.db", "messages.db-journal", "region-loaded")
# What else a session leaves; whatever lies beside it in the folder is somebody else's, and
# `emulator.log` says why a session did not end in order.
GOING_BACK = "restore-under-way"
TRACES = ("tmp", "emulator.pid", "ports.json", GOING_BACK)
# Held by the platform that runs, also while it throws the rest away.
LOCK = "lock"
KILLED, DAMAGED = "The last session was killed", "What the last session left cannot be read"
GOES_BACK = "; this one goes on from the end before it."
OTHER_ROWS = "The saved state has rows of another version"
NO_END = "The first session did not end in order"
NO_COPY = "What was kept cannot be read"
BROKEN_OFF = "The first start was broken off"


def announcement(url: str) -> str:
    """Return what a platform that is ready leaves in its folder: its address and its rows."""
    return json.dumps({"url": url, "rows_version": ROWS_VERSION})


def holds_other_rows(ready: Path) -> bool:
    """Whether a state folder was filled by services that store rows of another version."""
    if not ready.exists():
        return False
    return _facts(ready).get("rows_version") != ROWS_VERSION


def announced(ready: Path) -> str:
    """Return the address in what `announcement` made; nothing when there is none."""
    return str(_facts(ready).get("url", ""))


def kept_ports(file: Path) -> dict[str, int]:
    """Return the ports that a state had; none when nothing good says them."""
    found = _facts(file)
    whole = all(found.get(name) in range(1, 65536) for name in ("origin", "emulator"))
    return found if whole else {}


def _facts(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def write_whole(file: Path, text: str) -> None:
    """Replace a file at once, so that whatever happens it holds the old text or the new one."""
    part = file.with_suffix(".part")
    part.write_text(text, "utf-8")
    part.replace(file)


def hold(folder: Path) -> IO[str]:
    """Return the lock of a state folder, which this process holds until it is closed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = (folder / LOCK).open("a+")
    except OSError as error:
        raise CannotStart(
            f"The state cannot be kept there: {error}. See to it that you may write there, or name "
            "another folder: `.venv/bin/python -m infra.local --state FOLDER run`."
        ) from None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with held:
            held.seek(0)
            by = held.read().strip()
        raise CannotStart(
            f"Another platform runs on {folder}; stop it with Ctrl-C first, "
            f"or with `kill {by}` when its window is gone."
        ) from None
    held.truncate(0)
    held.write(str(os.getpid()))
    held.flush()
    return held


class SavedState:
    """The parts of a state folder, and the copy of them as they were before this session."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copy = folder / "before-this-session"
        self._ready = folder / "ready.json"
        self._going_back = folder / GOING_BACK

    def take_up(self, say: Callable[[str], None], *, killed: bool) -> bool:
        """Put in place what this start goes on from; False when it is the first."""
        lost = ""
        if holds_other_rows(self._ready):
            lost = OTHER_ROWS
        elif self._ready.exists():
            if not killed and self.whole():
                self.keep()
                return True
            if (restored := self.restore()) and self.whole():
                say((KILLED if killed else DAMAGED) + GOES_BACK)
                return True
            lost = NO_END if killed and not restored else NO_COPY
        elif killed or (self._folder / "aws").exists():
            lost = NO_END if killed else BROKEN_OFF
        if lost:
            say(f"{lost}, so this one starts afresh.")
        self.forget()
        return False

    def ports(self, asked: int) -> dict[str, int]:
        """Return the ports of a state, which it keeps: addresses are part of what is deployed."""
        file = self._folder / "ports.json"
        ports = kept_ports(file)
        if asked and ports.get("origin") != asked:
            ports = {"origin": asked, "emulator": asked + 1}
        elif not ports:
            ports = {"origin": free_port(), "emulator": free_port()}
        write_whole(file, json.dumps(ports))
        return ports

    def announce(self, url: str) -> None:
        """Tell at which address the platform is ready."""
        write_whole(self._ready, announcement(url))

    def keep(self) -> None:
        """Copy what the last session left in order."""
        making = self._folder / "copy-under-way"
        _remove(making)
        making.mkdir()
        _copy_parts(self._folder, making)
        _remove(self._copy)
        making.rename(self._copy)

    def whole(self) -> bool:
        """Whether all of it is there and can be read: a full or broken disk leaves halves."""
        if self._going_back.exists():
            return False
        clock, messages = self._folder / "clock", self._folder / "messages.db"
        try:
            for kept in (self._folder / "aws").glob("*.json"):
                json.loads(kept.read_bytes())
            if clock.exists():
                wall() + timedelta(seconds=float(clock.read_text("ascii")))
            if messages.exists():
                with closing(sqlite3.connect(messages)) as found:
                    return found.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        except (OSError, ValueError, OverflowError, RecursionError, sqlite3.Error):
            return False
        return True

    def restore(self) -> bool:
        """Put back what was there before a session that was killed; False when nothing was."""
        self._going_back.touch()
        self.forget_session()
        _copy_parts(self._copy, self._folder)
        self._going_back.unlink()
        return self._copy.exists()

    def forget_session(self) -> None:
        """Throw away what a session has left."""
        for name in PARTS:
            _remove(self._folder / name)

    def forget(self) -> None:
        """Throw everything away that sessions have left; first what says that it is whole."""
        for name in (self._ready.name, *PARTS, *TRACES, self._copy.name, "copy-under-way"):
            _remove(self._folder / name)


def _copy_parts(source: Path, target: Path) -> None:
    for name in PARTS:
        part = source / name
        if part.is_dir():
            shutil.copytree(part, target / name, symlinks=True)
        elif part.exists():
            shutil.copy2(part, target / name)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
