"""The one address people open listens to no page but its own."""

import gzip
import json
import re
import socket
import struct
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest
import urllib3

from infra.local_platform import proxy
from infra.local_platform.business_time import NotQuiet
from infra.local_platform.emulator import free_port
from infra.local_platform.fake_provider import FakeProvider
from infra.local_platform.proxy import MAX_BODY, OWN_PAGES, PAGES, PRINTED, STICKER_PAGE, Proxy
from infra.packaging.templates import read
from infra.services import INFRA
from services.notifications.templates.values import Audience
from shared.reference.code_lists import shipped

PACKED = gzip.compress(b"a page")


class ServedProxy:
    """An origin with one action, and what that action was asked."""

    def __init__(self, folder: Path, upstream: int) -> None:
        self.port = free_port()
        self.moved: list[dict[str, Any]] = []
        self.provider = FakeProvider(folder)
        actions = {"clock": self.moved.append}
        self.proxy = Proxy(
            self.port, upstream, {"intake": None}, self.provider, lambda: "now", actions
        )

    def ask(self, method: str, path: str, **headers: str) -> int:
        """The status of a request, with header names written with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"http://127.0.0.1:{self.port}{path}"
        body = b"{}" if method != "GET" else None
        return urllib3.request(method, url, body=body, headers=named, retries=False).status


@pytest.fixture
def upstream() -> Iterator[int]:
    """An API that tells what it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = json.dumps({"headers": dict(self.headers), "body": body.decode()}).encode()
            self.send_response(302)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(PACKED)))
            self.end_headers()
            self.wfile.write(PACKED)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def served(tmp_path: Path, upstream: int) -> Iterator[ServedProxy]:
    made = ServedProxy(tmp_path, upstream)
    made.proxy.start()
    yield made
    made.proxy.stop()
    made.provider.close()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://127.0.0.1:{port}", "Sec_Fetch_Site": "same-origin"},
        {"Host": "localhost:{port}", "Origin": "http://localhost:{port}"},
        {"Host": "[::1]:{port}"},
        {"Sec_Fetch_Site": "none"},
    ],
)
def test_the_clock_is_moved_from_this_machine(served: ServedProxy, headers: dict[str, str]) -> None:
    told = {name: value.format(port=served.port) for name, value in headers.items()}
    assert served.ask("POST", "/_local/clock", Content_Type="application/json", **told) == 200
    assert served.moved == [{}]


@pytest.mark.parametrize("path", ["/_local/clock", "//_local/clock", "/_gateway/faults"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://foreign.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Host": "foreign.example:{port}"},
        {"Host": "127.0.0.1.foreign.example:{port}", "Sec_Fetch_Site": "same-origin"},
        {"Host": "foreign.example:{port}", "Origin": "http://foreign.example:{port}"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
    ],
)
def test_no_foreign_page_moves_the_clock_or_the_messages(
    served: ServedProxy, path: str, headers: dict[str, str]
) -> None:
    told = {name: value.format(port=served.port) for name, value in headers.items()}
    assert served.ask("POST", path, **{"Content_Type": "application/json"} | told) == 403
    assert served.moved == []


def test_a_request_that_does_not_call_itself_json_moves_nothing(served: ServedProxy) -> None:
    assert served.ask("POST", "/_local/clock") == 403
    assert served.moved == []


def test_a_foreign_page_is_promised_nothing_when_it_asks_first(served: ServedProxy) -> None:
    told = {"Origin": "https://foreign.example", "Access_Control_Request_Method": "POST"}
    assert served.ask("OPTIONS", "/_local/clock", **told) == 403


def test_nothing_is_moved_by_another_address_which_any_page_may_ask(served: ServedProxy) -> None:
    for path in ("/docs/clock", "/clock", "/_local/other", "/_local/clock/again"):
        assert served.ask("POST", path, Content_Type="application/json") == 404
    assert served.moved == []


def test_people_read_what_was_sent_and_what_is_not_there_is_told_so(served: ServedProxy) -> None:
    said = urllib3.request("GET", f"http://127.0.0.1:{served.port}/messages.json")
    assert (said.status, said.json()) == (200, served.provider.messages())
    broken = urllib3.request(
        "POST",
        f"http://127.0.0.1:{served.port}/_local/clock",
        body=b"{",
        headers={"Content-Type": "application/json"},
    )
    assert broken.status == 400
    for path in ("/status.json", "/docs/assets/swagger-ui.min.css"):
        assert served.ask("GET", path) == 200
    for path in ("/_gateway/other/m1", "/_gateway/messages/m%201", "/nothing.html", "/none/a.css"):
        assert served.ask("GET", path) == 404


@pytest.mark.parametrize("path", ["/messages.json", "/status.json", "/", "/_gateway/messages/m1"])
def test_nothing_is_read_under_a_foreign_name(served: ServedProxy, path: str) -> None:
    assert served.ask("GET", path, Host="foreign.example") == 403
    assert served.ask("GET", path) != 403


def test_what_belongs_to_an_api_is_passed_on_as_it_is(served: ServedProxy) -> None:
    url = f"http://127.0.0.1:{served.port}/intake/v1/requests"
    sent = {"Authorization": "Bearer t", "x-forwarded-for": "8.8.8.8"}
    answer = urllib3.request(
        "POST", url, body="тело".encode(), headers=sent, redirect=False, retries=False
    )
    assert (answer.status, answer.headers["Location"]) == (302, "/elsewhere")
    told = answer.json()
    assert told["body"] == "тело"
    assert told["headers"]["Authorization"] == "Bearer t"
    named = [(name.lower(), value) for name, value in told["headers"].items()]
    assert [value for name, value in named if name == "x-forwarded-for"] == ["127.0.0.1"]


def test_what_an_api_packs_stays_packed_and_says_so(served: ServedProxy) -> None:
    url = f"http://127.0.0.1:{served.port}/intake/v1/page"
    answer = urllib3.request("GET", url, decode_content=False)
    assert (answer.headers["Content-Encoding"], answer.data) == ("gzip", PACKED)


def test_the_document_of_an_api_is_read_and_one_that_has_none_is_told(
    served: ServedProxy, tmp_path: Path
) -> None:
    document = tmp_path / "cards.json"
    document.write_text('{"openapi": "3.1.0"}', "utf-8")
    served.proxy.apis["cards"] = document
    docs = f"http://127.0.0.1:{served.port}/docs"
    assert urllib3.request("GET", f"{docs}/cards.json").json() == {"openapi": "3.1.0"}
    for unknown in ("intake", "none"):
        assert urllib3.request("GET", f"{docs}/{unknown}.json").status == 404


def test_an_api_that_is_away_is_told(tmp_path: Path) -> None:
    served = ServedProxy(tmp_path, free_port())
    served.proxy.start()
    try:
        assert served.ask("GET", "/intake/v1/requests") == 502
    finally:
        served.proxy.stop()
        served.provider.close()


def test_a_sticker_of_before_leads_to_the_page_of_its_partner() -> None:
    partner = "par_01JABCDEFGHJKMNPQRSTVWXYZ0"
    page = f"/cards/v1/public/partners/{partner}/page"

    assert PRINTED.sub(STICKER_PAGE, f"/partners/{partner}") == page
    assert PRINTED.sub(STICKER_PAGE, f"/partners/{partner}?after=3") == f"{page}?after=3"
    for other in ("/partners/", f"/partners/{partner}/x", f"/cards/v1/partners/{partner}"):
        assert PRINTED.sub(STICKER_PAGE, other) == other


def test_whatever_a_page_or_the_login_leads_to_is_there(served: ServedProxy) -> None:
    template = read(INFRA / "platform.yaml")["Resources"]["UserPoolClient"]["Properties"]
    leads = {each["Fn::Sub"].removeprefix("${PublicUrl}") for each in template["CallbackURLs"][:1]}
    assert leads == {"/signed-in"}
    for name in OWN_PAGES:
        text = (PAGES / f"{name or 'index'}.html").read_text("utf-8")
        leads |= {*re.findall(r'href="(/[^"]*)"', text), f"/{name}"}
    for path in leads:
        assert served.ask("GET", f"{path}?code=1") == 200, path


def test_the_outbox_names_every_reader_and_channel_in_russian() -> None:
    page = (PAGES / "outbox.html").read_text("utf-8")
    readers = [each.reader for each in Audience]
    unnamed = [
        word
        for word in [*readers, *shipped()["notification_channel"].active]
        if not re.search(rf'\b{word}: "(SMS|[а-яА-ЯёЁ ]+)"', page)
    ]
    assert unnamed == []


def test_carriers_are_reached_by_what_no_page_can_send_and_shown_in_the_outbox(
    tmp_path: Path, upstream: int
) -> None:
    served = ServedProxy(tmp_path, upstream)
    served.proxy.start()
    try:
        url = f"http://127.0.0.1:{served.port}/_carriers/smsc/sys/send.php"
        sms = {"phones": "+79161234567", "mes": "Привет", "id": "msg_1"}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        body, named = urlencode(sms), form | {"X-Request-Id": "msg_1"}
        served.provider.fail("error", 1, "smsc")
        pictured = urllib3.request("GET", url, retries=False)
        foreign = urllib3.request("POST", url, body=body, headers=form, retries=False)
        failed = urllib3.request("POST", url, body=body, headers=named, retries=False)
        ours = urllib3.request("POST", url, body=body, headers=named, retries=False)
        (shown,) = served.provider.messages()
    finally:
        served.proxy.stop()
        served.provider.close()

    assert (pictured.status, foreign.status) == (403, 403)
    assert (failed.status, ours.status) == (500, 200), "no page has used up what was to fail"
    assert (shown["message_id"], shown["channel"], shown["text"]) == ("msg_1", "sms", "Привет")


def test_the_stand_in_for_a_gateway_takes_messages_tells_of_them_and_fails_as_told(
    served: ServedProxy,
) -> None:
    json_sent = {"Content_Type": "application/json"}
    assert served.ask("PUT", "/_gateway/messages/msg_1", **json_sent) == 200
    assert served.ask("GET", "/_gateway/messages/msg_1") == 200
    for unknown in ("messages/msg_2", "messages/a%2Fb", "faults"):
        assert served.ask("GET", f"/_gateway/{unknown}") == 404
    for mode, status in (("error", 500), ("too_many", 429), ("refuse", 422)):
        served.provider.fail(mode)
        assert served.ask("PUT", "/_gateway/messages/msg_3", **json_sent) == status
    url = f"http://127.0.0.1:{served.port}/_gateway/faults"
    for body, status in ((b'{"mode": "error"}', 200), (b'{"mode": "none such"}', 400), (b"{", 400)):
        told = urllib3.request("POST", url, body=body, headers={"Content-Type": "application/json"})
        assert told.status == status
    assert served.ask("PUT", "/_gateway/messages/msg_3", **json_sent) == 500
    assert [each["message_id"] for each in served.provider.messages()] == ["msg_1"]


def _said(port: int, *parts: str) -> str:
    """All that comes back to these bytes, until the origin ends the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as wire:
        wire.sendall("\r\n".join(parts).encode())
        return b"".join(iter(lambda: wire.recv(65536), b"")).decode()


@pytest.mark.parametrize(
    ("size", "status"),
    [
        (f"Content-Length: {MAX_BODY + 1}", 413),
        ("Transfer-Encoding: chunked", 411),
        ("Content-Length: -1", 411),
        ("Content-Length: many", 411),
        ("Content-Length: 2\r\nContent-Length: 200", 411),
    ],
)
def test_nothing_in_a_body_that_is_refused_is_taken_for_a_request(
    served: ServedProxy, monkeypatch: pytest.MonkeyPatch, size: str, status: int
) -> None:
    """A foreign page may write any body, and could name another Host and call itself JSON there."""
    monkeypatch.setattr(proxy, "BLOCK", MAX_BODY * 20)  # nothing is waited for
    host = f"Host: 127.0.0.1:{served.port}"
    hidden = ["POST /_local/clock HTTP/1.1", host, "Content-Type: application/json"]
    told = _said(
        served.port, "POST /intake/v1/requests HTTP/1.1", host, size, "",
        *hidden, "Content-Length: 2", "", "{}",
    )  # fmt: skip
    assert told.startswith(f"HTTP/1.1 {status} ")
    assert told.count("HTTP/1.1") == 1 and "Connection: close" in told
    assert served.moved == []


@pytest.mark.parametrize("path", ["/%2Fintake/v1/requests", "/%2f%2Fintake/x", "/%2fintake"])
def test_only_what_the_gateway_knows_as_an_api_is_passed_on(served: ServedProxy, path: str) -> None:
    """What is behind takes all else for a call of an AWS API, from whatever page it comes."""
    lines = (f"Host: 127.0.0.1:{served.port}", "X-Amz-Target: DynamoDB_20120810.DeleteTable")
    end = ("Connection: close", "Content-Length: 2", "", "{}")
    assert " 404 " in _said(served.port, f"POST {path} HTTP/1.1", *lines, *end)


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Credential=111111111111/20260101/us-east-1/cloudformation/aws4_request",
        "%58-amz-credential=111111111111/20260101/us-east-1/cloudformation/aws4_request",
        "a=1&AWSAccessKeyId=111111111111",
        "X-Amz-Credential",
    ],
)
def test_no_address_leads_around_the_gateway_to_an_account_without_our_apis(
    served: ServedProxy, method: str, query: str
) -> None:
    """There any form of a foreign page would be a call of AWS, as one that runs its code here."""
    assert served.ask(method, f"/intake/x?{query}&Action=CreateStack") == 400


@pytest.mark.parametrize("path", ["_local/clock", "%5Flocal/clock", "%2f_local/clock"])
def test_however_an_address_is_written_a_foreign_page_moves_nothing(
    served: ServedProxy, path: str
) -> None:
    lines = (f"Host: 127.0.0.1:{served.port}", "Origin: https://foreign.example")
    end = ("Connection: close", "Content-Length: 2", "", "{}")
    assert " 403 " in _said(served.port, f"POST {path} HTTP/1.1", *lines, *end)
    assert served.moved == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/_local/clock", b"[]", 400),
        ("/_local/clock", b"\xff\xfe", 400),
        ("/_local/clock", b"[" * 100_000, 400),
        ("/_local/settle", b"{}", 503),
        ("/_local/far", b"{}", 400),
        ("/_gateway/faults", b'{"mode": "error", "times": 1000000000000}', 400),
    ],
)
def test_whatever_is_asked_is_answered(
    served: ServedProxy, capsys: pytest.CaptureFixture[str], path: str, body: bytes, status: int
) -> None:
    served.proxy.actions["settle"] = Mock(side_effect=NotQuiet("still at work"))
    served.proxy.actions["far"] = Mock(side_effect=OverflowError("date value out of range"))
    sent = {"Content-Type": "application/json"}
    url = f"http://127.0.0.1:{served.port}{path}"
    told = urllib3.request("POST", url, body=body, headers=sent, retries=False)
    assert told.status == status and told.json()["detail"]
    assert capsys.readouterr().err == ""


def test_odd_addresses_are_answered_and_callers_who_go_are_no_news(
    served: ServedProxy, capsys: pytest.CaptureFixture[str]
) -> None:
    close = ("Connection: close", "", "")
    host = f"Host: 127.0.0.1:{served.port}"
    assert " 400 " in _said(served.port, "GET http://[::1/x HTTP/1.1", host, *close)
    assert " 404 " in _said(served.port, f"GET /{'a' * 300} HTTP/1.1", host, *close)
    for odd in ("[::1", "127.0.0.1, foreign.example", "foreign@127.0.0.1"):
        assert " 403 " in _said(served.port, "GET / HTTP/1.1", f"Host: {odd}", *close)
    with socket.create_connection(("127.0.0.1", served.port)) as gone:
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        gone.sendall(b"GET / HTTP/1.1\r\n")
    assert served.ask("GET", "/status.json") == 200
    assert capsys.readouterr().err == ""
