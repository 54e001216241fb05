"""The fake carriers behind a socket, and the stage's configuration that leads to them."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from infra.local_platform.fake_carriers import FakeCarriers, Reply
from infra.local_platform.fake_provider import FakeProvider, ProviderFailure

CONFIGURATION = Path(__file__).parents[2] / "infra" / "local_platform" / "local_channels.json"


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
        counted: Counter[str] = Counter()
        for one in self.provider.messages():
            counted[one["message_id"]] += one["attempts"]
        return dict(counted)


def configuration(url: str) -> dict[str, Any]:
    """Return the providers of the local stage, at an address."""
    found: dict[str, Any] = json.loads(CONFIGURATION.read_text("utf-8").replace("{url}", url))
    return found


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    carriers: FakeCarriers
    provider: FakeProvider


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            reply = self._reply(body)
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

    def _reply(self, body: bytes) -> Reply:
        carriers, identifier = self.server.carriers, self.path.rpartition("/")[2]
        if not self.path.startswith("/_gateway/"):
            address = self.path.removeprefix("/_carriers")
            return carriers.answer(self.command, address, dict(self.headers), body)
        if self.command == "PUT":
            message = {"carrier": "gateway"} | json.loads(body)
            return Reply(200, self.server.provider.put(identifier, message, carriers.now()))
        found = self.server.provider.get(identifier)
        return Reply(200, found) if found else Reply(404, {"status": "absent"})

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def carrier_server(folder: Path) -> Iterator[CarrierServer]:
    """Run the carriers on a free port of this machine."""
    provider = FakeProvider(folder)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.provider = provider
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
