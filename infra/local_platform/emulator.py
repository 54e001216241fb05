"""The stock emulator as a subprocess on loopback, in a Python environment of its own.

What it keeps on disk is written at a clean stop only; `stop` therefore waits for it, `start` never
runs two on one state, and the pid file stays behind when it was killed or could not save.
"""

import contextlib
import fcntl
import hashlib
import json
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import urllib3

from infra.local_platform.run_emulator import PARENT
from infra.services import ROOT

REQUIREMENTS = Path(__file__).parent / "emulator-requirements.txt"
PROGRAM = Path(__file__).parent / "run_emulator.py"
ENVIRONMENT = ROOT / ".local" / "venv-emulator"
REGION = "us-east-1"
# How long it may take to save its state.
PATIENCE = 60.0
LONGEST_LOG = 10_000_000
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
AT_ONCE = 0.5


class CannotStart(Exception):
    """The local platform cannot start; the message is the one sentence for the person."""


def heed_signals() -> None:
    """Let signals end this process in order, as Ctrl-C does, also where a shell ignores them.

    Of those that come at once, as from a terminal that closes and from its shell, one counts: the
    next would break off the end itself.
    """
    last = -math.inf

    def end(*_: object) -> None:
        nonlocal last
        before, last = last, time.monotonic()
        if last - before > AT_ONCE:
            raise KeyboardInterrupt

    for each in ENDING:
        signal.signal(each, end)


@contextlib.contextmanager
def unbroken() -> Iterator[None]:
    """Heed no signal meanwhile: a state that is half saved, or not noted as saved, is lost."""
    if threading.current_thread() is not threading.main_thread():  # which alone is signalled
        yield
        return
    before = {each: signal.signal(each, signal.SIG_IGN) for each in ENDING}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def python() -> Path:
    """Return the emulator's interpreter; its environment is made on first use."""
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    with (ENVIRONMENT.parent / "venv-emulator.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _made(ENVIRONMENT / "made-from.txt", ENVIRONMENT / "bin" / "python")


def _made(stamp: Path, found: Path) -> Path:
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    if not (stamp.exists() and stamp.read_text() == wanted and found.exists()):
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        _run("make the emulator's environment", sys.executable, "-m", "venv", str(ENVIRONMENT))
        install = ["-m", "uv", "pip", "install", "--quiet", "--python", str(found)]
        compiled = ["--compile-bytecode", "-r", str(REQUIREMENTS)]
        _run("install the emulator", sys.executable, *install, *compiled)
        stamp.write_text(wanted)
    return found


def _run(purpose: str, *command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise CannotStart(f"Could not {purpose}: {last}")


def begun_log(state: Path) -> Path:
    """Return where an emulator says why it ended; a log that has grown long is put aside."""
    log = state / "emulator.log"
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LONGEST_LOG:
            log.replace(state / "emulator.log.1")
    return log


def port_taken(port: int) -> CannotStart:
    """Return the sentence about an address that another program has."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (place / "cmdline").read_bytes()
            if PROGRAM.name.encode() in command and (platform := _platform_at(place, port)):
                state = (place / "cwd").readlink()
                return CannotStart(
                    f"Port {port} is taken by another platform, on {state}; stop that with Ctrl-C, "
                    f"or `kill {platform}` when its window is gone."
                )
    return CannotStart(
        f"Port {port} is taken by another program; stop it, or name another (it and the next one "
        "must be free): `.venv/bin/python -m infra.local run --port 8710`."
    )


def _platform_at(emulator: Path, port: int) -> str | None:
    """Return the process of the platform that has that port, itself or by its emulator."""
    environment = (emulator / "environ").read_text("utf-8", errors="replace").split("\0")
    said = dict(each.partition("=")[::2] for each in environment)
    serves = said.get("GATEWAY_PORT") in (str(port), str(port + 1))
    return said.get(PARENT) if serves else None


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class Emulator:
    """One emulator process and its state folder."""

    def __init__(self, state: Path, port: int, *, enforce_iam: bool = False) -> None:
        self.state = state
        self.port = port
        self.endpoint = f"http://127.0.0.1:{port}"
        self._enforce_iam = enforce_iam
        self._process: subprocess.Popen[bytes] | None = None
        self._pid_file = state / "emulator.pid"
        self._kept = state / "aws"

    def start(self) -> None:
        """Start and wait until it answers; an orphan of a killed run is stopped first."""
        self.state.mkdir(parents=True, exist_ok=True)
        self.stop_orphan()
        if _answers(self.port):
            raise port_taken(self.port)
        self._forget_stream_positions()
        self._move_to_this_port()
        self._end_workers()
        shutil.rmtree(self.state / "tmp", ignore_errors=True)
        for folder in (self._kept, self.state / "tmp", self.state / "s3"):
            folder.mkdir(parents=True, exist_ok=True)
        with begun_log(self.state).open("ab") as log:
            self._process = subprocess.Popen(
                [str(python()), "-P", str(PROGRAM)],
                env=self._environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.state, start_new_session=True,
            )  # fmt: skip
        self._pid_file.write_text(str(self._process.pid))
        self._wait_until_ready()

    def stop(self) -> None:
        """Ask it to save and end, and wait until it has."""
        if self._process is None:
            return
        with unbroken():
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
            self._end_workers()

    def kill(self) -> None:
        """End it without a word, as a power cut would; for tests."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    @property
    def was_killed(self) -> bool:
        """Whether the last one on this state ended without saving; ask when none runs."""
        return self._pid_file.exists()

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process is not None and not _has_ended(self._process.pid)

    def check(self, patience: float = 0) -> None:
        """Raise CannotStart when it has ended by itself, or does so within that many seconds."""
        if self._process is None:
            return
        until = time.monotonic() + patience
        while not _has_ended(self._process.pid):
            if time.monotonic() >= until:
                return
            time.sleep(0.05)
        log = self.state / "emulator.log"
        raise CannotStart(f"The emulator ended by itself; {log} says why.")

    def _environment(self) -> dict[str, str]:
        """Nothing of the person's AWS settings reaches the emulator or the Lambdas it runs."""
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        return kept | {
            "GATEWAY_PORT": str(self.port),
            PARENT: str(os.getpid()),
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self._kept),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.state / "s3"),
            "TMPDIR": str(self.state / "tmp"),
            "LAMBDA_ACCOUNT_CONCURRENCY": "48",
            "PYTHONDONTWRITEBYTECODE": "1",
            "AUTH": "true" if self._enforce_iam else "false",
        }

    def answers(self) -> bool:
        """Whether an emulator, and no other program, is there and ready."""
        return _healthy(self.endpoint)

    def stop_orphan(self) -> None:
        """End an emulator that a kill -9 of our own process has left alive on the state we want."""
        try:
            pid = int(self._pid_file.read_text())
        except (OSError, ValueError):  # none, or half written
            return
        if not self._works_here(pid):
            return
        os.kill(pid, signal.SIGTERM)
        try:
            _wait_for(lambda: not self._works_here(pid), PATIENCE, "The old emulator stays")
        except CannotStart:
            os.kill(pid, signal.SIGKILL)  # it has not saved, and its file goes on saying so

    def _end_workers(self) -> None:
        """End functions that an emulator has left at work: they would write into the next one."""
        theirs = self.state.resolve() / "tmp"
        for place in Path("/proc").glob("[0-9]*/cwd"):
            with contextlib.suppress(OSError):
                if theirs in place.readlink().parents:
                    os.kill(int(place.parent.name), signal.SIGKILL)

    def _works_here(self, pid: int) -> bool:
        """Whether a process runs on this state; one that has ended and is still listed does not."""
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == self.state.resolve()
        except OSError:  # gone, or by now another person's process
            return False

    def _forget_stream_positions(self) -> None:
        """Streams are not kept, so a kept position would skip as many new rows, without a word."""
        kept = self._kept / "lambda.json"
        if kept.exists():
            saved = json.loads(kept.read_text("utf-8"))
            saved.get("payload", saved).pop("dynamodb_stream_positions", None)
            kept.write_text(json.dumps(saved), "utf-8")

    def _move_to_this_port(self) -> None:
        """Let what was kept at another port name this one: queues are found by their address."""
        queues, here = self._kept / "sqs.json", f"http://localhost:{self.port}/".encode()
        kept_there = queues.read_bytes() if queues.exists() else b""
        former = re.search(rb"http://localhost:\d+/", kept_there)
        if former is None or former[0] == here:
            return
        # The queues last: who is killed in between begins once more.
        for kept in sorted(self._kept.glob("*.json"), key=queues.__eq__):
            kept.write_bytes(kept.read_bytes().replace(former[0], here))

    def _wait_until_ready(self) -> None:
        def ready() -> bool:
            self.check()
            return _healthy(self.endpoint)

        _wait_for(ready, 60, "The emulator does not answer")


def _has_ended(child: int) -> bool:
    """Ask the system: a Ctrl-C in the midst of `Popen.wait` leaves its lock held for ever."""
    try:
        return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:  # it has ended, and how was asked for
        return True


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _healthy(endpoint: str) -> bool:
    try:
        answer = urllib3.request("GET", f"{endpoint}/_ministack/ready", timeout=2, retries=False)
    except urllib3.exceptions.HTTPError:
        return False
    return bool(answer.status == 200)


def _wait_for(condition: Callable[[], bool], seconds: float, complaint: str) -> None:
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            raise CannotStart(f"{complaint} within {seconds:.0f} s.")
        time.sleep(0.05)


def local_client(service: str, endpoint: str) -> Any:
    """Return a client of an emulator at that address."""
    import botocore.session
    from botocore.config import Config

    blind = {"profile": (None, None, None, None), "config_file": (None, None, "/dev/null", None)}
    session = botocore.session.Session(session_vars=blind)
    return session.create_client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(
            retries={"total_max_attempts": 3, "mode": "standard"},
            max_pool_connections=20,
            read_timeout=60,
            proxies={},  # a person's own leads elsewhere, also from an address of this machine
            s3={"addressing_style": "path"},
        ),
    )
