"""The fake carriers behind a socket, and the stage's configuration that leads to them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

from infra.fake_carriers import FakeCarriers
from infra.fake_provider import FakeProvider, ProviderFailure

CONFIGURATION = Path(__file__).parents[2] / "infra" / "local_channels.json"


@dataclass
class CarrierServer:
    """The server with its carriers and what they have carried."""

    url: str
    carriers: FakeCarriers
    provider: FakeProvider

    def configuration(self) -> dict[str, Any]:
        """Return the providers of the local stage, at this server."""
        return configuration(self.url)

    def copies(self) -> dict[str, int]:
        """Return how many copies of each message people have got."""
        return {one["message_id"]: one["attempts"] for one in self.provider.messages()}


def configuration(url: str) -> dict[str, Any]:
    """Return the providers of the local stage, at an address."""
    found: dict[str, Any] = json.loads(CONFIGURATION.read_text("utf-8").replace("{url}", url))
    return found


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    carriers: FakeCarriers
    stopped: Event


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        address = self.path.removeprefix("/_carriers")
        try:
            reply = self.server.carriers.answer(self.command, address, dict(self.headers), body)
        except ProviderFailure:
            self.close_connection = True  # it has the message, and says nothing
            return
        data = (
            reply.body.encode() if isinstance(reply.body, str) else json.dumps(reply.body).encode()
        )
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(data))}
        for name, value in {**headers, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        # Half an answer says that more comes, and then the line is dead.
        half = "Content-Length" in reply.headers
        self.wfile.write(data[: len(data) // 2] if half else data)
        self.close_connection = half

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def carrier_server(folder: Path) -> Iterator[CarrierServer]:
    """Run the carriers on a free port of this machine."""
    provider = FakeProvider(folder)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.carriers = FakeCarriers(provider, lambda: "2026-09-14T06:00:00.000Z")
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield CarrierServer(f"http://127.0.0.1:{server.server_port}", server.carriers, provider)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        provider.close()
