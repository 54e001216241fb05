"""Cards for a whole country from one table: `python -m bench batch [--cards 100000]`.

The deployed code works through the table with botocore's own client, against an AWS in a process
of its own that stores what it is sent and answers at once: nothing here is about network latency.
Told are cards a second, CPU and calls a card, the memory of the worker at 10, 50 and 100 %, its
peak with the process in which the file is read, and how often the file was fetched to be read.
The first worker is killed on the way; at the end every line must have given exactly one card.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from bench import aws_stub, keeping_aws
from bench.harness import say
from tests.support.workbooks import workbook

ROOT = Path(__file__).parent.parent
MANY = 1_000_000  # numbers of one length
LATER_SECONDS = 600
KILL_AT = 4  # percent
TOLD_AT = (10, 50, 100)
MOST_CALLS, MOST_MIB = 3.1, 256
PEAKS: list[int] = []  # of the two workers
COLUMNS = ["Номер личного дела", "Район", "Ребёнок в семье", "Имя", "Телефон"]


# the worker ----------------------------------------------------------------------------------


def _work(batch_id: str) -> None:
    """Take step after step as the queue would bring them, telling percent and memory."""
    from services.cards import app
    from services.cards.imports.repository import Batches
    from tests.support.lambda_context import Context

    record = {"messageId": "1", "body": json.dumps({"due": [f"BATCH#{batch_id}", "BATCH"]})}
    while True:
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            app.on_jobs({"Records": [record]}, Context())
        batch = Batches.connect().get(batch_id)
        facts = (batch.status, batch.accepted, batch.refused, _resident(), time.process_time())
        say(f"{batch.percent_done} {' '.join(map(str, facts))}")
        if batch.status != "running":
            return


def _resident() -> int:
    """MiB that this process holds."""
    return _memory("self", "VmRSS")


def _memory(process: str, kind: str) -> int:
    """MiB of a process; none once it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:
        return 0
    found = re.search(rf"{kind}:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


class Watched:
    """What a worker and the largest of its children ever held, seen from outside."""

    def __init__(self, worker: int) -> None:
        self.own, self.child = 0, 0
        self._ended = threading.Event()
        self._worker = worker
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def end(self) -> int:
        """MiB of both together, at most."""
        self._ended.set()
        self._thread.join()
        return self.own + self.child

    def _watch(self) -> None:
        children = Path(f"/proc/{self._worker}/task/{self._worker}/children")
        while not self._ended.wait(0.01):
            self.own = max(self.own, _memory(str(self._worker), "VmHWM"))
            with suppress(OSError):
                for child in children.read_text("ascii").split():
                    self.child = max(self.child, _memory(child, "VmHWM"))


@contextmanager
def _worker(batch_id: str) -> Iterator[Any]:
    command = [sys.executable, "-m", "bench.card_import", "work", batch_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        watched = Watched(process.pid)
        try:
            yield process
        finally:
            PEAKS.append(watched.end())


# the run -------------------------------------------------------------------------------------


def _table(cards: int, text: bool) -> bytes:
    """A table of so many lines: a workbook, or a text."""
    rows = [
        [f"FP-{n}", f"D{n % 12 + 1:02d}", "да", "Мария", f"+7921{n:07d}"]
        for n in range(MANY, MANY + cards)
    ]
    if text:
        return "\n".join(map(";".join, [COLUMNS, *rows])).encode()
    return workbook([COLUMNS, *rows])


def _upload(content: bytes) -> str:
    """A started batch with that table."""
    from services.cards import app
    from shared.storage.files import Files
    from tests.cards.api_client import AUTHORITY, LEADER
    from tests.support.api import Api

    programme = {"region": "ZR", "club_id": "C", "authority_id": "RA", "started_on": "2020-01-01"}
    api = Api(app.app)
    assert api.as_(AUTHORITY).post("/v1/programmes", programme, key="p").status == 201
    opening = {"region": "ZR", "dry_run": False}
    opened = api.as_(LEADER).post("/v1/batches", opening, key="b")
    assert opened.status == 201, opened.text
    batch_id = str(opened.json["id"])
    Files.connect().write(f"batches/{batch_id}/upload", content)
    assert api.as_(LEADER).post(f"/v1/batches/{batch_id}/start", key="s").status == 200
    return batch_id


def measure(cards: int, text: bool) -> int:
    """The whole run; 1 when a line gave no card or more than one, or a bound is not kept."""
    with keeping_aws.running() as aws:
        os.environ.update(aws_stub.environment(aws, "cards") | {"FILES_BUCKET": "cards-files"})
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            batch_id = _upload(_table(cards, text))
        with _worker(batch_id) as first:
            for line in first.stdout:
                if int(line.split()[0]) >= KILL_AT:
                    time.sleep(0.05)  # somewhere within the next step
                    first.kill()
                    break
        say(f"the first worker was killed behind {line.split()[0]} %")
        with _later():
            done = _follow(batch_id)
        with urllib.request.urlopen(f"{aws.url}/told") as answer:
            told = json.loads(answer.read())
    return _judge(cards, done, told, max(PEAKS))


@contextmanager
def _later() -> Iterator[None]:
    """A step whose worker died is due again only when that worker can no longer be alive."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "clock"
        file.write_text(str(LATER_SECONDS), "ascii")
        os.environ["CLOCK_FILE"] = str(file)
        yield


def _follow(batch_id: str) -> list[str]:
    """The second worker to the end; what it told last."""
    waiting, began, spent, started = list(TOLD_AT), 0, 0.0, 0.0
    told: list[str] = []
    with _worker(batch_id) as second:
        for line in second.stdout:
            told = line.split()
            percent, cards, cpu = int(told[0]), int(told[2]), float(told[5])
            if not began:  # the first step also imported the code
                began, spent, started = cards, cpu, time.perf_counter()
            while waiting and percent >= waiting[0]:
                pace = _pace(cards - began, time.perf_counter() - started, cpu - spent)
                say(f"{waiting.pop(0):3} %: {cards} cards{pace}, {told[4]} MiB resident")
    return told


def _pace(cards: int, seconds: float, cpu: float) -> str:
    return (
        f", {cards / seconds:.0f} a second, {cpu / cards * 1000:.1f} ms CPU each" if cards else ""
    )


def _judge(cards: int, done: list[str], told: dict[str, Any], peak: int) -> int:
    calls = told["calls"]
    each = sum(calls.values()) / cards
    parts = ", ".join(f"{n / cards:.2f} {name}" for name, n in sorted(calls.items()))
    written, there = told["put"]["Put cards-data CARD"], (told["cards"], told["holders"])
    say(f"{each:.2f} calls a card (at most {MOST_CALLS}): {parts}")
    say(f"peak {peak} MiB with the reader's process (at most {MOST_MIB})")
    say(f"the file was fetched to be read {told['read'].get('input', 0)} times")
    say(
        f"{cards} lines, {written} cards written, {there[0]} there, of {there[1]} holders, "
        f"{done[3]} refused, batch {done[1]}"
    )
    whole = written == cards and there == (cards, cards) and done[1:4] == ["done", str(cards), "0"]
    bounded = each <= MOST_CALLS and peak <= MOST_MIB and told["read"].get("input") == 1
    return int(not (whole and bounded))


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench batch", description=__doc__)
    parser.add_argument("--cards", type=int, default=100_000)
    parser.add_argument("--text", action="store_true", help="upload a text, not a workbook")
    asked = parser.parse_args(arguments)
    return measure(asked.cards, asked.text)


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        _work(sys.argv[2])
    else:
        raise SystemExit(main())
