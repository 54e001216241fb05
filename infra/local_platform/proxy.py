"""The one address that people open: all APIs by base path, their docs, and every message sent.

It is put before the emulator so that the pages never share an origin with the AWS APIs. It answers
under loopback names only, so that no foreign name can be pointed at it (DNS rebinding), and takes
what moves the clock or the messages from no page but its own.
"""

import importlib.util
import json
import mimetypes
import re
import sqlite3
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import urllib3
from botocore.exceptions import BotoCoreError, ClientError
from urllib3 import HTTPHeaderDict

from infra.local_platform.business_time import NotQuiet
from infra.local_platform.fake_carriers import FakeCarriers
from infra.local_platform.fake_provider import FakeProvider, ProviderFailure
from infra.local_platform.run_emulator import on_loopback

PAGES = Path(__file__).parent / "pages"
OWN_PAGES = ("", "docs", "outbox", "signed-in")
HOP_BY_HOP = frozenset(
    ("connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "host")
)
MAX_BODY = 10 * 1024 * 1024  # what API Gateway takes
SILENCE = 8.0  # longer than any sender waits
BLOCK = 1024 * 1024
SIZE = re.compile(r"[0-9]{1,15}", re.ASCII)
LONGEST_NAME = 80  # no page of ours has a longer one, and a system refuses to look for some
IDLE = 75.0  # how long a connection may say nothing
# What stickers of before lead to; a stage's site sends people on in the same way.
PRINTED = re.compile(r"^/partners/(par_[0-9A-HJKMNP-TV-Z]{26})(?=$|\?)")
STICKER_PAGE = r"/cards/v1/public/partners/\1/page"
OWN_COMMANDS = re.compile(r"/*_(local|gateway|carriers)(/|$)")
CARRIERS = "/_carriers/"
NO_ADDRESS = "Такого адреса не бывает"
# By these the emulator takes an address for one of another account, where no gateway is: whatever a
# page says there would be a call of AWS's own APIs.
OF_AN_ACCOUNT = frozenset({"x-amz-credential", "awsaccesskeyid"})

Answer = tuple[int, str, bytes]
Action = Callable[[dict[str, Any]], Any]


def swagger_assets() -> Path:
    """Return the folder of Swagger UI in a package that we have; no page loads from elsewhere."""
    found = importlib.util.find_spec("aws_lambda_powertools")
    if found is None or found.origin is None:
        raise FileNotFoundError("aws_lambda_powertools, which bundles Swagger UI, is not installed")
    return Path(found.origin).parent / "event_handler" / "openapi" / "swagger_ui"


class Proxy:
    """The server, its upstream and its actions (`/_local/<name>`)."""

    def __init__(
        self,
        port: int,
        upstream: int,
        apis: Mapping[str, Path | None],
        provider: FakeProvider,
        business_now: Callable[[], str],
        actions: Mapping[str, Action],
    ) -> None:
        self.apis = dict(apis)
        self.provider = provider
        self.carriers = FakeCarriers(provider, business_now)
        self.business_now = business_now
        self.actions = dict(actions)
        self.upstream = upstream
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.proxy = self
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve from a thread."""
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the address."""
        if self._thread is not None:  # shutdown() waits for ever for a loop that never ran
            self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, body: bytes) -> Answer | None:
        """Return what the origin itself answers; None for what belongs to an API."""
        # Only so spelt it is one to the emulator; all else it takes for a call of AWS's own APIs.
        first, _, rest = path.removeprefix("/").partition("/")
        if first in self.apis:
            return None
        if method in ("GET", "HEAD"):
            return self._page(first, rest)
        if first == "_gateway":
            return self._gateway(method, rest, body)
        if first == "_local" and method == "POST" and rest in self.actions:
            return _json(200, self.actions[rest](_object(body)))
        return _json(404, {"status": 404, "title": "Не найдено"})

    def _page(self, first: str, rest: str) -> Answer:
        if first == "_gateway":
            return self._gateway("GET", rest, b"")
        if first == "messages.json":
            return _json(200, self.provider.messages())
        if first == "status.json":
            return _json(200, {"now": self.business_now(), "apis": sorted(self.apis)})
        if first == "docs" and rest.endswith(".json"):
            return self._openapi(rest.removesuffix(".json"))
        if first == "docs" and rest.startswith("assets/"):
            return _file(swagger_assets() / Path(rest).name)
        page = f"{first or 'index'}.html" if first in OWN_PAGES else Path(first).name
        return _file(PAGES / page)

    def _openapi(self, service: str) -> Answer:
        found = self.apis.get(service)
        return _file(found) if found is not None else _json(404, {"status": 404})

    def _gateway(self, method: str, rest: str, body: bytes) -> Answer:
        kind, _, identifier = rest.partition("/")
        if method == "POST" and kind == "faults":
            asked = _object(body)
            self.provider.fail(asked["mode"], int(asked.get("times", 1)), asked.get("carrier", ""))
            return _json(200, asked)
        if kind != "messages" or not re.fullmatch(r"[A-Za-z0-9_.:-]{1,128}", identifier):
            return _json(404, {"status": "unknown"})
        if method == "PUT":
            return _json(200, self.provider.put(identifier, _object(body), self.business_now()))
        found = self.provider.get(identifier)
        return _json(200, found) if found else _json(404, {"status": "absent"})


def foreign(method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Whether a request may come from a page that is not ours.

    A page names its origin in all but plain reads, and one of another origin cannot send JSON
    without asking first, which nothing here allows.
    """
    host = headers.get("Host", "")
    if not on_loopback(host):
        return True
    if path.startswith(CARRIERS):
        # No page can name its message or sign it without asking first, which nothing allows.
        return not ("Authorization" in headers or "X-Request-Id" in headers)
    if method in ("GET", "HEAD") or not OWN_COMMANDS.match(path):
        return False
    same_site = headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    same_origin = headers.get("Origin", f"http://{host}") == f"http://{host}"
    as_json = headers.get("Content-Type", "").partition(";")[0].strip() == "application/json"
    return not (same_site and same_origin and as_json)


class _Unreadable(Exception):
    """A request that cannot be read to its end, so that its connection ends; says the title."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(title)
        self.status = status


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    proxy: Proxy

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller who has gone, as browsers do at any moment."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = IDLE

    def _handle(self) -> None:
        try:
            body, path = self._read(), self._take_path()
        except _Unreadable as why:
            self.close_connection = True
            self._send(*_json(why.status, {"status": why.status, "title": str(why)}))
            return
        if foreign(self.command, path, HTTPHeaderDict(self.headers.items())):
            self._send(*_json(403, {"status": 403, "title": "Только с этой машины"}))
            return
        try:
            answer = self._carried(path, body) or self.server.proxy.answer(self.command, path, body)
        except ProviderFailure as failure:
            if failure.status == 0:
                threading.Event().wait(SILENCE)
                self.close_connection = True
                return
            answer = _json(failure.status, {"status": "refused", "code": "no_such_address"})
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            answer = _json(400, {"status": 400, "detail": str(error)})
        except (NotQuiet, BotoCoreError, ClientError, sqlite3.Error) as error:
            answer = _json(503, {"status": 503, "detail": str(error)})
        if answer is None:
            self._pass_on(body)
        else:
            self._send(*answer)

    def _take_path(self) -> str:
        self.path = PRINTED.sub(STICKER_PAGE, self.path)
        try:
            parts = urlsplit(self.path)
            names = map(str.lower, parse_qs(parts.query, keep_blank_values=True))
        except ValueError:
            raise _Unreadable(400, NO_ADDRESS) from None
        if not OF_AN_ACCOUNT.isdisjoint(names):
            raise _Unreadable(400, NO_ADDRESS)
        return unquote(parts.path)

    def _read(self) -> bytes:
        """Return the body, whole.

        What is left of one unread would be taken for the next request, and a page may write it.
        """
        sizes = self.headers.get_all("Content-Length", ["0"])
        if "Transfer-Encoding" in self.headers or len(sizes) > 1 or not SIZE.fullmatch(sizes[0]):
            raise _Unreadable(411, "Нужна длина запроса")
        length = int(sizes[0])
        if length > MAX_BODY:
            # Most callers hear an answer only when all that they say has been taken.
            for _ in range(min(length, 10 * MAX_BODY) // BLOCK):
                self.rfile.read(BLOCK)
            raise _Unreadable(413, "Слишком большой запрос")
        body = self.rfile.read(length)
        if len(body) < length:
            raise _Unreadable(400, "Запрос оборван")
        return body

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _handle

    def _carried(self, path: str, body: bytes) -> Answer | None:
        """Return what a carrier's fake server answers; None for any other address."""
        if not path.startswith(CARRIERS):
            return None
        address = self.path[len(CARRIERS) - 1 :]
        reply = self.server.proxy.carriers.answer(self.command, address, dict(self.headers), body)
        kind = reply.headers.get("Content-Type", "application/json")
        text = reply.body if isinstance(reply.body, str) else json.dumps(reply.body)
        return reply.status, kind, text.encode()

    def _pass_on(self, body: bytes) -> None:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
        # The upstream believes this header, so a caller must not choose it.
        headers = {k: v for k, v in headers.items() if k.lower() != "x-forwarded-for"}
        headers |= {"Host": "127.0.0.1", "X-Forwarded-For": str(self.client_address[0])}
        upstream = self.server.proxy.upstream
        try:
            with urllib3.HTTPConnectionPool("127.0.0.1", upstream, timeout=60) as wire:
                answer = wire.urlopen(
                    self.command, self.path, body=body or None, headers=headers,
                    retries=False, redirect=False, decode_content=False,
                )  # fmt: skip
        except urllib3.exceptions.HTTPError:
            self._send(*_json(502, {"status": 502, "title": "Платформа не отвечает"}))
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in HOP_BY_HOP | {"content-length", "date", "server"}:
                self.send_header(name, value)
        self._body(answer.data)

    def _send(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self._body(content)

    def _body(self, content: bytes) -> None:
        self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: each API writes its own line, and addresses may name people."""


def _json(status: int, value: Any) -> Answer:
    return status, "application/json; charset=utf-8", json.dumps(value, ensure_ascii=False).encode()


def _object(body: bytes) -> dict[str, Any]:
    asked = json.loads(body or b"{}")
    if not isinstance(asked, dict):
        raise TypeError("the body is a JSON object")
    return asked


def _file(path: Path) -> Answer:
    if len(path.name) > LONGEST_NAME or not path.is_file():
        return _json(404, {"status": 404, "title": "Не найдено"})
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return 200, f"{kind}; charset=utf-8", path.read_bytes()
