"""Endpoints that misbehave: silent, refusing, answering by half, slow or failing, on loopback."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

Behaviour = Callable[[socket.socket], None]

BODY = b'{"Items": [], "Responses": {}}'


def _head(status: str, length: int) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def silence(_: socket.socket) -> None:
    """Say nothing, for as long as the caller listens."""


def half(caller: socket.socket) -> None:
    """Promise a body and give a part of it."""
    caller.sendall(_head("200 OK", len(BODY)) + BODY[:5])


def cut(caller: socket.socket) -> None:
    """Promise a body, give a part of it and hang up."""
    half(caller)
    caller.shutdown(socket.SHUT_RDWR)


def cut_failure(caller: socket.socket) -> None:
    """Begin to say that it has failed, and hang up."""
    caller.sendall(_head("500 Internal Server Error", len(BODY)) + b"{")
    caller.shutdown(socket.SHUT_RDWR)


def slow(seconds: float) -> Behaviour:
    """Answer rightly, but take that long each time."""

    def behaviour(caller: socket.socket) -> None:
        time.sleep(seconds)
        caller.sendall(_head("200 OK", len(BODY)) + BODY)

    return behaviour


def drip(caller: socket.socket) -> None:
    """Promise a body and give a byte of it now and then: no read waits long, all together do."""
    caller.sendall(_head("200 OK", len(BODY)))
    for place in range(len(BODY)):
        time.sleep(0.1)
        caller.sendall(BODY[place : place + 1])


def failing(status: str, body: bytes) -> Behaviour:
    """Answer each time with that error."""

    def behaviour(caller: socket.socket) -> None:
        caller.sendall(_head(status, len(body)) + body)

    return behaviour


class FaultyEndpoint:
    """An endpoint on loopback and how often it was asked."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.asked = 0
        self.closed = False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self._callers: list[socket.socket] = []

    def behave(self, behaviour: Behaviour | None) -> None:
        """Talk like that from now on, and count anew; None refuses connections."""
        self.asked = 0
        if behaviour is None:
            self.close()
        else:
            self.behaviour = behaviour

    def serve(self) -> None:
        """Take callers in until the listener is closed."""
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self.listener.accept()
                self._callers.append(caller)
                threading.Thread(target=self._converse, args=(caller,), daemon=True).start()

    def _converse(self, caller: socket.socket) -> None:
        heard = b""
        with contextlib.suppress(OSError):
            while piece := caller.recv(65536):
                heard += piece
                if self._is_whole(heard):
                    heard = b""
                    self.asked += 1
                    self.behaviour(caller)

    @staticmethod
    def _is_whole(heard: bytes) -> bool:
        head, end, body = heard.partition(b"\r\n\r\n")
        lengths = [
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ]
        return bool(end) and len(body) >= (lengths or [0])[0]

    def close(self) -> None:
        """Hang up on everybody."""
        self.closed = True
        for each in (self.listener, *self._callers):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextlib.contextmanager
def faulty_endpoint(behaviour: Behaviour | None) -> Iterator[FaultyEndpoint]:
    """An endpoint that talks like that; None refuses connections."""
    made = FaultyEndpoint(behaviour or silence)
    if behaviour is None:
        made.close()
    else:
        threading.Thread(target=made.serve, daemon=True).start()
    try:
        yield made
    finally:
        made.close()
