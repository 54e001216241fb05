"""An integrator's system that answers as it is told, and keeps what it got."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Receiver:
    """A receiver; `answers` are used up in order, also those of a path, then each event is taken.

    An answer is a status, `late` (it has the event, but says so too late) or `redirect`.
    """

    url: str
    answers: list[int | str] = field(default_factory=list)
    answers_at: dict[str, list[int | str]] = field(default_factory=dict)
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def verified(self, secret: str, place: int = -1) -> Any:
        """Return what a call said, as a receiver reads it that has one secret."""
        _, headers, body = self.got[place]
        return Webhook(secret).verify(body, headers)


@contextmanager
def receiver(late_seconds: float) -> Iterator[Receiver]:
    """Run a receiver on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append((self.path, dict(self.headers), body))
            waiting = made.answers_at.get(self.path) or made.answers
            answer = waiting.pop(0) if waiting else 200
            if answer == "late":
                time.sleep(late_seconds)
            status = {"late": 200, "redirect": 307}.get(str(answer), answer)
            self.send_response(int(status))
            if answer == "redirect":
                self.send_header("Location", f"{made.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    thread = Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
