"""An AWS that keeps what it is sent: DynamoDB with its tables, S3 with its files.

Queues and keys are those of `bench.aws_stub`. It runs in a process of its own and answers at once;
it counts what it was asked for, so that a measurement can check what was done.
"""

import json
import re
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
READ_AGAIN = {"BATCH", "PROGRAMME", "IDEMPOTENCY", "WRAPPED", "FAMILY", "GUARDIAN", "BOND"}
SNAKE = re.compile(r"(?<!^)(?=[A-Z])")


class Tables(MemoryDynamoDB):
    """Tables that keep of most rows no more than that they are there."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: Counter[str] = Counter()
        self.put: Counter[str] = Counter()
        self.read: Counter[str] = Counter()

    def told(self) -> dict[str, Any]:
        """What was asked for, and how many cards and names of their holders there are."""
        kept = self.rows("cards-data")
        return {
            "calls": self.calls,
            "put": self.put,
            "read": self.read,
            "cards": sum(sk == "CARD" for _, sk in kept),
            "holders": sum(pk.startswith("UNIQUE#card|") for pk, _ in kept),
        }

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
            with self.lock:
                self._send(200, json.dumps(self.tables.told()).encode())
            return
        self.tables.read[re.sub(r"-.*", "", self.path.rpartition("/")[2])] += 1
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
        "ExclusiveStartKey",
    },
}


def serve() -> None:
    """Serve until terminated; the first line printed is the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Aws)
    server.daemon_threads = True
    say(str(server.server_address[1]))
    server.serve_forever()


@contextmanager
def running() -> Iterator[AwsStub]:
    """Such an AWS in another process."""
    command = [sys.executable, "-m", "bench.keeping_aws"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield AwsStub(f"http://127.0.0.1:{int(process.stdout.readline())}", None)
        finally:
            process.terminate()


if __name__ == "__main__":
    serve()
