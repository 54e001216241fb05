"""Cards for a whole country from one table: `python -m bench batch [--cards 100000]`.

The deployed code works through the table with botocore's own client, against an AWS in a process
of its own that stores what it is sent and answers at once: nothing here is about network latency.
Told are cards a second, calls a card, and the memory of the working process at 10, 50 and 100 %.
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
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from bench import aws_stub
from bench.aws_stub import AwsStub
from bench.harness import say
from tests.support.memory_dynamodb import MemoryDynamoDB
from tests.support.memory_s3 import MemoryS3

Item = dict[str, Any]

ROOT = Path(__file__).parent.parent
MANY = 1_000_000  # numbers of one length
LATER_SECONDS = 600
KILL_AT = 4  # percent
TOLD_AT = (10, 50, 100)
READ_AGAIN = {"BATCH", "PROGRAMME", "IDEMPOTENCY", "WRAPPED"}
SNAKE = re.compile(r"(?<!^)(?=[A-Z])")


# the AWS of the bench ------------------------------------------------------------------------


class Tables(MemoryDynamoDB):
    """Tables that keep of most rows no more than that they are there."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()
        self.put: Counter[str] = Counter()

    def _apply(self, verb: str, action: Item) -> None:
        item = action.get("Item", {})
        table, kind = action["TableName"], item.get("sk", {}).get("S", "")
        self.put[f"{verb} {table} {kind if kind.isupper() else '…'}"] += 1
        if table.endswith(("-outbox", "-audit")):
            return
        if verb == "Put" and table.endswith("-data") and kind not in READ_AGAIN:
            item = {name: item[name] for name in ("pk", "sk", "version") if name in item}
            action = action | {"Item": item}
        super()._apply(verb, action)
        self.streamed.clear()


class Aws(BaseHTTPRequestHandler):
    """DynamoDB with its tables, S3 with its files; queues and keys as `bench.aws_stub` has them."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    tables = Tables()
    files = MemoryS3()
    lock = threading.Lock()

    def do_POST(self) -> None:
        if self.path.endswith("?delete"):
            self._body()
            self._send(200, b"<DeleteResult/>")
            return
        request = json.loads(self._body())
        target = self.headers.get("X-Amz-Target", "")
        operation = target.rpartition(".")[2]
        of_reference = request.get("TableName") == aws_stub.REFERENCE_TABLE
        if not target.startswith("DynamoDB_") or of_reference:
            self._send(200, json.dumps(aws_stub._answer(target, request)).encode())
            return
        with self.lock:
            self.tables.calls[operation] += 1
            try:
                status, told = (
                    200,
                    getattr(self.tables, SNAKE.sub("_", operation).lower())(
                        **{
                            name: value
                            for name, value in request.items()
                            if name in _KNOWN[operation]
                        }
                    ),
                )
            except ClientError as error:
                found: Any = error.response
                told = {"__type": f"x#{found['Error']['Code']}", "message": "refused"}
                status, told = 400, told | {"CancellationReasons": found.get("CancellationReasons")}
        self._send(status, json.dumps(told).encode())

    def do_PUT(self) -> None:
        body, source = self._body(), self.headers.get("x-amz-copy-source")
        if source is not None:
            body = self.files.objects[f"/{source.lstrip('/')}"]
        self.files.put_object(Bucket="", Key=self.path, Body=body)
        self._send(200, b"<CopyObjectResult/>" if source else b"")

    def do_GET(self) -> None:
        if self.path == "/told":
            told = {"calls": self.tables.calls, "put": self.tables.put}
            self._send(200, json.dumps(told).encode())
            return
        try:
            asked = self.headers.get("Range", "bytes=0-")
            found = self.files.get_object(Bucket="", Key=self.path, Range=asked)
            self._send(206, found["Body"].read())
        except ClientError as error:
            code = error.response["Error"]["Code"]
            self._send(404, f"<Error><Code>{code}</Code></Error>".encode())

    def handle_one_request(self) -> None:
        """Whoever was killed hangs up, maybe in the middle of a request."""
        self.close_connection = True
        with suppress(ConnectionError, ValueError):
            super().handle_one_request()

    def handle_expect_100(self) -> bool:
        """Botocore waits for this before it sends a file."""
        super().handle_expect_100()
        self.wfile.flush()
        return True

    def do_HEAD(self) -> None:
        size = len(self.files.objects.get(self.path, b""))
        self.send_response(200 if size else 404)
        self.send_header("Content-Length", str(size))
        self.send_header("ETag", '"0"')
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


_KNOWN = {
    "GetItem": {"TableName", "Key", "ConsistentRead"},
    "BatchGetItem": {"RequestItems"},
    "TransactWriteItems": {"TransactItems"},
    "PutItem": {"TableName", "Item", "ConditionExpression", "ExpressionAttributeValues"},
    "UpdateItem": {
        "TableName",
        "Key",
        "UpdateExpression",
        "ConditionExpression",
        "ExpressionAttributeValues",
        "ExpressionAttributeNames",
    },
    "Query": {
        "TableName",
        "IndexName",
        "KeyConditionExpression",
        "ExpressionAttributeValues",
        "Limit",
        "ConsistentRead",
    },
}


def _serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Aws)
    server.daemon_threads = True
    say(str(server.server_address[1]))
    server.serve_forever()


@contextmanager
def _aws() -> Iterator[AwsStub]:
    command = [sys.executable, "-m", "bench.card_import", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield AwsStub(f"http://127.0.0.1:{int(process.stdout.readline())}", None)
        finally:
            process.terminate()


# the worker ----------------------------------------------------------------------------------


def _work(batch_id: str) -> None:
    """Take step after step as the queue would bring them, telling percent and memory."""
    from services.cards import app
    from services.cards.imports.repository import Batches
    from tests.support.world import Context

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
    status = Path("/proc/self/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) // 1024 if found else 0


@contextmanager
def _worker(batch_id: str) -> Iterator[Any]:
    command = [sys.executable, "-m", "bench.card_import", "work", batch_id]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield process


# the run -------------------------------------------------------------------------------------


def _upload(cards: int) -> str:
    """A started batch with a table of so many lines."""
    from services.cards import app
    from shared.storage.files import Files
    from tests.cards.api_client import AUTHORITY, LEADER
    from tests.support.api import Api

    lines = ["Номер личного дела;Район;Ребёнок в семье;Имя;Телефон"]
    lines += [f"FP-{n};D{n % 12 + 1:02d};да;Мария;+7921{n:07d}" for n in range(MANY, MANY + cards)]
    programme = {"region": "ZR", "club_id": "C", "authority_id": "RA", "started_on": "2020-01-01"}
    api = Api(app.app)
    assert api.as_(AUTHORITY).post("/v1/programmes", programme, key="p").status == 201
    opening = {"region": "ZR", "dry_run": False}
    opened = api.as_(LEADER).post("/v1/batches", opening, key="b")
    assert opened.status == 201, opened.text
    batch_id = str(opened.json["id"])
    Files.connect().write(f"batches/{batch_id}/upload", "\n".join(lines).encode())
    assert api.as_(LEADER).post(f"/v1/batches/{batch_id}/start", key="s").status == 200
    return batch_id


def measure(cards: int) -> int:
    """The whole run; 1 when a line gave no card or more than one."""
    with _aws() as aws:
        os.environ.update(aws_stub.environment(aws, "cards") | {"FILES_BUCKET": "cards-files"})
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            batch_id = _upload(cards)
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
    return _judge(cards, done, told)


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


def _judge(cards: int, done: list[str], told: dict[str, dict[str, int]]) -> int:
    made = told["put"]["Put cards-data CARD"]
    calls = ", ".join(f"{n / cards:.2f} {name}" for name, n in sorted(told["calls"].items()))
    say(f"calls a card: {calls}")
    say(f"{cards} lines, {made} cards, {done[3]} refused, batch {done[1]}")
    return int(made != cards or done[1:4] != ["done", str(cards), "0"])


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench batch", description=__doc__)
    parser.add_argument("--cards", type=int, default=100_000)
    return measure(parser.parse_args(arguments).cards)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        _serve()
    elif sys.argv[1:2] == ["work"]:
        _work(sys.argv[2])
    else:
        raise SystemExit(main())
