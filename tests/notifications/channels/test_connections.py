"""Connections: an answer ends in time, and one that was cut is never taken for a whole one."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from services.notifications.channels import wire
from services.notifications.channels.port import DeliveryReport, DeliveryStatus
from services.notifications.channels.wire import Call, WireAnswer, deliver


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
    monkeypatch.setattr(wire, "CONNECT_SECONDS", 0.15)
    monkeypatch.setattr(wire, "READ_SECONDS", 0.15)
    wire._pool.cache_clear()
    for name, (pieces, status) in ANSWERS.items():
        with _speaking(pieces) as url:
            begun = time.monotonic()
            assert deliver(Call("GET", url), taken).status is status, name
            assert time.monotonic() - begun < 0.6, name
    wire._pool.cache_clear()


@contextmanager
def _speaking(pieces: list[bytes]) -> Iterator[str]:
    """Run a server that sends pieces to whoever connects, 50 ms apart."""

    def speak() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for piece in pieces:
                    connection.sendall(piece)
                    time.sleep(0.05)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=speak, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
