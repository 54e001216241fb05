"""An AWS that answers at once: DynamoDB, EventBridge, SQS and KMS on one loopback port, over TLS.

Runs in a process of its own, so that its work is not measured. It says nothing of network latency.
It remembers what it was asked to do, so that a measurement can check that its work was done.
"""

import base64
import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from infra.configuration.code_lists import read_code_lists
from infra.configuration.reference_table import items
from infra.configuration.regions import read_stage
from infra.packaging.runtime import LOCAL

REFERENCE_TABLE = "reference"
ROOT_KEY = base64.b64encode(b"ciphertext of a root key").decode()
REMEMBERED = 100
PLAIN_ROOT = base64.b64encode(b"r" * 32).decode()


Call = tuple[str, dict[str, Any]]


def _answer(target: str, request: dict[str, Any]) -> dict[str, Any]:
    operation = target.rpartition(".")[2]
    if operation == "Decrypt":
        return {"Plaintext": PLAIN_ROOT, "KeyId": "k"}
    if request.get("TableName") == REFERENCE_TABLE:
        return reference_item(request)
    if operation == "Query":
        return {"Items": [], "Count": 0, "ScannedCount": 0}
    if operation == "PutEvents":
        return {
            "Entries": [{"EventId": str(n)} for n in range(len(request["Entries"]))],
            "FailedEntryCount": 0,
        }
    if operation == "SendMessageBatch":
        return {"Successful": [], "Failed": []}
    return {}


@cache
def _reference() -> dict[str, str]:
    return items(read_stage("local"), read_code_lists("local"))


def reference_item(request: dict[str, Any]) -> dict[str, Any]:
    """The reference table's answer to a GetItem: the local stage."""
    return {"Item": {"value": {"S": _reference()[request["Key"]["id"]["S"]]}}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer leaves in one packet
    calls: deque[Call] = deque(maxlen=REMEMBERED)

    def do_POST(self) -> None:
        target = self.headers.get("X-Amz-Target", "")
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.calls.append((target.rpartition(".")[2], request))
        self._send(_answer(target, request))

    def do_GET(self) -> None:
        """Tell the calls since the last time, for `Stub.calls`."""
        told = list(self.calls)
        self.calls.clear()
        self._send(told)

    def _send(self, said: Any) -> None:
        answer = json.dumps(said)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class AwsStub:
    """Where the stub listens, and the certificate to trust when it speaks TLS."""

    url: str
    certificate: Path | None

    def calls(self) -> list[Call]:
        """The operations it was asked for since the last time, with their requests."""
        trusted = None
        if self.certificate is not None:
            trusted = ssl.create_default_context(cafile=str(self.certificate))
        with urllib.request.urlopen(self.url, context=trusted) as told:
            return [(operation, request) for operation, request in json.load(told)]


@contextmanager
def running(tls: bool) -> Iterator[AwsStub]:
    """A stub in another process."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = _certificate(Path(folder)) if tls else None
        command = [sys.executable, "-m", "bench.aws_stub", str(certificate or "")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            scheme = "https" if tls else "http"
            yield AwsStub(f"{scheme}://localhost:{port}", certificate)
        finally:
            process.terminate()
            process.communicate()


def _certificate(folder: Path) -> Path:
    """A self-signed certificate and its key in one file."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = folder / "stub.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def environment(stub: AwsStub, service: str) -> dict[str, str]:
    """The environment of a Lambda of that service whose AWS is the stub."""
    found = {
        "PATH": os.environ["PATH"],
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "LAMBDA_TASK_ROOT": "/var/task",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{LOCAL.name}",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_ENDPOINT_URL": stub.url,
        "SERVICE": service,
        "STAGE": "bench",
        "REFERENCE_TABLE": REFERENCE_TABLE,
        "BUS_NAME": "ryadom",
        "QUEUE_URL": f"{stub.url}/000000000000/queue",
        "JOBS_QUEUE_URL": f"{stub.url}/000000000000/jobs",
        "ROOT_KEY": ROOT_KEY,
        "PYDANTIC_DISABLE_PLUGINS": "__all__",
    }
    found |= {
        f"{table.upper()}_TABLE": f"{service}-{table}"
        for table in ("data", "outbox", "audit", "keys")
    }
    if stub.certificate is not None:
        found["AWS_CA_BUNDLE"] = str(stub.certificate)
    return found


def main() -> None:
    """Serve until terminated; the first line printed is the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    if sys.argv[1]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
