"""HTTP of channels: what silence and a closed port mean, budgets, and certificates by provider."""

import ipaddress
import itertools
import json
import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.notifications.channels import connections, wire
from services.notifications.channels.bot import max as max_
from services.notifications.channels.bot import telegram, vk
from services.notifications.channels.email.ses import Ses
from services.notifications.channels.port import DeliveryReport, DeliveryStatus, Sending
from services.notifications.channels.sms import smsc
from services.notifications.channels.wire import (
    NOT_TAKEN,
    Call,
    WireAnswer,
    deliver,
    fields_of,
    reason,
)
from shared import budget, clock
from tests.notifications.channels.conftest import message
from tests.support.carriers import CarrierServer
from tests.support.lambda_context import Context
from tests.support.world import World

ROOT = "/ryadom/test/root"


def taken(answer: WireAnswer) -> DeliveryReport:
    """Read any answer as a yes."""
    return DeliveryReport(DeliveryStatus.TAKEN)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The metrics by which a runbook tells what a provider is ill with."""
    names: list[str] = []
    monkeypatch.setattr(wire, "count", names.append)
    return names


def test_a_closed_port_is_absent_and_silence_is_unknown(
    monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setattr(wire, "READ_SECONDS", 0.05)
        wire._pool.cache_clear()
        assert deliver(Call("GET", url), taken).status is DeliveryStatus.UNKNOWN
    wire._pool.cache_clear()
    for nowhere in (url, "http://no-such-name.invalid/", "https://no-such-name.invalid/"):
        closed = deliver(Call("GET", nowhere), taken)
        assert (closed.status, closed.code) == (DeliveryStatus.ABSENT, "unreachable"), nowhere
    assert counted == ["gateway_silent", *["gateway_unreachable"] * 3]


# What stands in the way of a provider may answer anything, as JSON, too.
FIELDS = ("ok", "result", "response", "error", "error_code", "status", "data", "message", "id")
ODD: tuple[Any, ...] = (
    [],
    {},
    "x",
    7,
    1.5,
    None,
    True,
    [[]],
    {"error_code": [], "items": 7, "body": []},
    {"items": [7]},
)


def _answer(answered: WireAnswer, _: Call) -> WireAnswer:
    return answered


@pytest.mark.parametrize("name", ["max", "vk", "telegram", "smsc", "sms_aero"])
def test_whatever_is_answered_is_read(
    provider: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    found, told = provider(name), message("odd", "sms", "15")
    for odd in ODD:
        answered = WireAnswer(200, dict.fromkeys((*FIELDS, "subscriptions"), odd))
        for module in (wire, max_, vk, telegram, smsc):
            monkeypatch.setattr(module, "ask", partial(_answer, answered))
        assert found.send(told).status in DeliveryStatus
        assert found.status(Sending("msg_1")).status in DeliveryStatus
        if name in ("max", "vk", "telegram"):
            assert found.subscribe("https://ryadom.test") in (True, False)
            assert found.receives("https://ryadom.test") in (True, False, None)


# What is answered about a message, what it says of it, and for how long to be silent.
ANSWERS = {
    ("503", "Retry-After: 7"): (DeliveryStatus.ABSENT, 7),
    ("503", "Retry-After: Mon, 14 Sep 2026 07:00:30 GMT"): (DeliveryStatus.ABSENT, 30),
    ("503", "Retry-After: Mon, 14 Sep 2026 06:00:00 GMT"): (DeliveryStatus.ABSENT, 0),
    ("503", "Retry-After: 999999999999"): (DeliveryStatus.ABSENT, 3600),
    ("503", "Retry-After: soon"): (DeliveryStatus.UNKNOWN, None),
    ("503", "Server: envoy"): (DeliveryStatus.UNKNOWN, None),
    ("502", "Retry-After: 7"): (DeliveryStatus.UNKNOWN, None),
    ("504", "Retry-After: 7"): (DeliveryStatus.UNKNOWN, None),
    ("500", "Retry-After: 7"): (DeliveryStatus.UNKNOWN, None),
    ("429", "Retry-After: ٧"): (DeliveryStatus.ABSENT, None),
    ("429", "Retry-After: 0"): (DeliveryStatus.ABSENT, 0),
    # Nobody is followed elsewhere, nor is it looked at where that is: it is an answer to be read.
    ("307", "Location: https://127.0.0.1:9/"): (DeliveryStatus.TAKEN, None),
    ("302", "Location: http://["): (DeliveryStatus.TAKEN, None),
}


def not_taken(answer: WireAnswer) -> DeliveryReport:
    """Read any answer as one to who may not send."""
    return DeliveryReport(DeliveryStatus.ABSENT, NOT_TAKEN)


def test_only_what_turns_a_request_away_says_that_the_message_was_not_taken(
    monkeypatch: pytest.MonkeyPatch, counted: list[str]
) -> None:
    now = datetime(2026, 9, 14, 7, tzinfo=UTC).timestamp()
    monkeypatch.setattr(time, "time", lambda: now)
    said = itertools.chain(ANSWERS, [("200", "X: y"), ("401", "X: y")])

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, (name, _, value) = (part := next(said))[0], part[1].partition(": ")
            self.send_response(int(status))
            self.send_header(name, value.encode().decode("latin-1"))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Server)
    Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    for answered, meant in ANSWERS.items():
        report = deliver(Call("GET", url), taken)
        assert (report.status, report.retry_after) == meant, answered
    assert deliver(Call("GET", url), taken).status is DeliveryStatus.TAKEN
    assert counted == []
    deliver(Call("GET", url), not_taken)
    assert counted == ["gateway_rejects_us"]
    server.shutdown()
    server.server_close()


def test_no_call_begins_that_could_outlast_the_function(server: CarrierServer) -> None:
    before = len(server.carriers.calls)
    with budget.of(Context(milliseconds=5_000)):
        report = deliver(Call("GET", f"{server.url}/_carriers/max/subscriptions"), taken)

    assert report.status is DeliveryStatus.ABSENT
    assert len(server.carriers.calls) == before


def test_certificates_that_took_long_to_read_leave_no_time_for_the_call(
    server: CarrierServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, left = len(server.carriers.calls), [True, False]
    monkeypatch.setattr(budget, "allows", lambda _: left.pop(0))

    report = deliver(Call("GET", f"{server.url}/_carriers/max/subscriptions"), taken)

    assert (report.status, report.code) == (DeliveryStatus.ABSENT, wire.NO_TIME)
    assert len(server.carriers.calls) == before


def test_a_call_shows_neither_address_nor_text() -> None:
    call = Call("POST", "https://x.test/botSECRET/send", {"A": "SECRET"}, {"text": "SECRET"})

    assert "SECRET" not in repr(call)
    assert "SECRET" not in repr(WireAnswer(200, {"to": "SECRET"}))


@pytest.mark.parametrize("labels", [False, True])
def test_only_a_fake_server_is_shown_a_message_in_the_headers(
    provider: Callable[[str], Any], labels: bool
) -> None:
    found, said = provider("smsc").model_copy(update={"labels": labels}), message("s1")
    named = found.headers_of(said)
    assert (wire.LABELS in named) is labels
    assert named[wire.REQUEST_ID] == said.message_id


def test_a_reason_that_is_no_code_goes_no_further() -> None:
    assert reason("blocked_by_user") == "blocked_by_user"
    for text in ("номер +79161234567", "79161234567", None, 5, "a b", "Иванова"):
        assert reason(text) == "refused_by_gateway"
    assert fields_of(b"[1]") == fields_of(b"\xff") == fields_of("[" * 100_000) == {}


def test_a_providers_own_root_is_trusted_for_it_alone(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(connections, "count", told.append)
    pem, key_file = _certificate(tmp_path)
    world.parameters.values[ROOT] = json.dumps({"pem": pem.read_text()})
    world.parameters.values["/ryadom/test/other-root"] = json.dumps({"pem": "no certificate"})
    server = HTTPServer(("127.0.0.1", 0), _Yes)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key_file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    url = f"https://127.0.0.1:{server.server_port}/"
    try:
        with world.service("notifications"):
            assert deliver(Call("GET", url, ca=ROOT), taken).status is DeliveryStatus.TAKEN
            # Nothing was sent to a server that is not trusted, so another provider may take it.
            for ca in ("", "/ryadom/test/other-root", "/ryadom/test/missing"):
                refused = deliver(Call("GET", url, ca=ca), taken)
                assert (refused.status, refused.code) == (DeliveryStatus.ABSENT, "unreachable")
            keys = {"access_key": "x", "secret_key": "x"}
            mail = Ses(kind="ses", sender="a@example.org", endpoint=url, region="eu", **keys)
            refused = mail.send(message("m1", "email", "anna@example.org"))
            assert (refused.status, refused.code) == (DeliveryStatus.ABSENT, "unreachable")
        assert told == ["provider_roots_missing"]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        wire._pool.cache_clear()


class _Yes(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a root that is its own server's certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test Root")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(clock.wall() - timedelta(days=1))
        .not_valid_after(clock.wall() + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, key_file = folder / "root.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem, key_file
