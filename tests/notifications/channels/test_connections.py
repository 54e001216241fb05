"""Connections: an answer ends in time, and one that was cut is never taken for a whole one."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import urllib3

from services.notifications.channels import aws_provider, wire
from services.notifications.channels.email.ses import Ses
from services.notifications.channels.port import DeliveryReport, DeliveryStatus
from services.notifications.channels.wire import Call, WireAnswer, deliver
from shared import clock
from tests.notifications.channels.conftest import message


def taken(answer: WireAnswer) -> DeliveryReport:
    """Read any answer as a yes."""
    return DeliveryReport(DeliveryStatus.TAKEN)


# What a server sends, piece by piece, with a pause between; and what is made of it.
ANSWERS = {
    "a drip of headers": ([b"HTTP/1.1 200 OK\r\n"] + [b"X: y\r\n"] * 40, DeliveryStatus.UNKNOWN),
    "a drip of a body": (
        [b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n"] + [b"x"] * 40,
        DeliveryStatus.UNKNOWN,
    ),
    "half an answer": ([b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"], DeliveryStatus.UNKNOWN),
    "no HTTP": ([b"what?\r\n\r\n"], DeliveryStatus.UNKNOWN),
    "an answer without end": (
        [b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 300_000],
        DeliveryStatus.TAKEN,
    ),
}


def test_an_answer_ends_in_time_and_one_that_is_not_whole_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wire, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(wire, "READ_SECONDS", 0.1)
    wire._pool.cache_clear()
    for name, (pieces, status) in ANSWERS.items():
        with _speaking(pieces) as url:
            begun = time.monotonic()
            assert deliver(Call("GET", url), taken).status is status, name
            assert time.monotonic() - begun < 0.6, name
    wire._pool.cache_clear()


def test_nothing_is_sent_by_a_connection_that_was_made_when_time_was_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that takes long to be found has no timeout of its own."""
    monkeypatch.setattr(wire, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(wire, "READ_SECONDS", 0.1)
    connect = urllib3.util.connection.create_connection

    def slow(*given: Any, **named: Any) -> socket.socket:
        time.sleep(0.3)
        made: socket.socket = connect(*given, **named)
        return made

    with _answering_once(b"{}") as (url, connections):
        monkeypatch.setattr(urllib3.util.connection, "create_connection", slow)
        assert deliver(Call("GET", url), taken).status is DeliveryStatus.ABSENT
        assert connections == []


@pytest.mark.parametrize("how", ["a drip of headers", "a drip of a body"])
def test_a_slow_drip_of_an_api_of_aws_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """botocore bounds each read alone, so that a byte now and then would hold the worker."""
    pieces, status = ANSWERS[how]
    with _answering_once(b"{}") as (url, _):
        _ses(url)  # the first client takes long to make
    monkeypatch.setattr(aws_provider, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(aws_provider, "READ_SECONDS", 0.1)
    with _speaking(pieces) as url:
        begun = time.monotonic()
        assert _ses(url).status is status
        assert time.monotonic() - begun < 0.6


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time of the wall, which a test moves."""
    times = [datetime(2026, 9, 14, tzinfo=UTC)]
    monkeypatch.setattr(clock, "wall", lambda: times[-1])
    return times


Send = Callable[[str], DeliveryReport]
SENDINGS: dict[str, tuple[bytes, Send]] = {
    "a provider": (b"{}", lambda url: deliver(Call("GET", url), taken)),
    "a provider with an API of AWS": (b'{"MessageId": "m-1"}', lambda url: _ses(url)),
}


def _ses(url: str) -> DeliveryReport:
    keys = {"access_key": "x", "secret_key": "x"}
    mail = Ses(kind="ses", sender="a@example.org", endpoint=url, region="eu", **keys)
    return mail.send(message("m1", "email", "anna@example.org"))


@pytest.mark.parametrize("sending", SENDINGS)
def test_a_connection_that_has_rested_is_not_used_again(sending: str, wall: list[datetime]) -> None:
    """While a container is frozen the other side hangs up, and the socket here does not see it."""
    body, send = SENDINGS[sending]
    with _answering_once(body) as (url, connections):
        assert send(url).status is DeliveryStatus.TAKEN
        # What is closed by the other side falls silent: nothing is known of the message.
        wall.append(wall[-1] + timedelta(milliseconds=500))
        assert send(url).status is DeliveryStatus.UNKNOWN
        assert len(connections) == 1

        for pause in (timedelta(minutes=5), timedelta(seconds=1), timedelta(days=-1)):
            wall.append(wall[-1] + pause)
            assert send(url).status is DeliveryStatus.TAKEN, pause
        assert len(connections) == 4


@contextmanager
def _answering_once(body: bytes) -> Iterator[tuple[str, list[BaseHTTPRequestHandler]]]:
    """Run a server that answers the first request of each connection, and closes at the next."""
    connections: list[BaseHTTPRequestHandler] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.close_connection = self in connections
            if self.close_connection:
                return
            connections.append(self)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", connections
        server.shutdown()
        for each in connections:  # its thread waits for another request
            with suppress(OSError):
                each.connection.shutdown(socket.SHUT_RDWR)
        for cached in (wire._pool, aws_provider._client):
            cached.cache_clear()


@contextmanager
def _speaking(pieces: list[bytes]) -> Iterator[str]:
    """Run a server that sends pieces to whoever connects, 20 ms apart."""

    def speak() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for piece in pieces:
                    connection.sendall(piece)
                    time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=speak, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
