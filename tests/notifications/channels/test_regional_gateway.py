"""The HTTP side: what an answer, a silence and a closed door mean."""

import json
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from services.notifications.channels import regional_gateway
from services.notifications.channels.port import DeliveryStatus, OutgoingMessage, Sending
from services.notifications.channels.regional_gateway import RegionalGateway
from shared import budget
from tests.support.lambda_context import Context

MESSAGE = OutgoingMessage(
    message_id="msg_1", channel="sms", to="+79161234567", title="Тема", text="Текст",
    template="request_received_family", recipient_role="family", region="ZR", reference="req_1",
    event_id="evt_1", correlation_id="cor_1",
)  # fmt: skip
ASKED = Sending("msg_1")


class Behaviour:
    """What the server does next, and what it has seen."""

    def __init__(self) -> None:
        self.status = 202
        self.body = b"{}"
        self.hang = False
        self.seen: list[tuple[str, str, dict[str, Any], str | None]] = []


@pytest.fixture
def behaviour() -> Behaviour:
    return Behaviour()


@pytest.fixture
def gateway(behaviour: Behaviour) -> Iterator[RegionalGateway]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size)) if size else {}
            token = self.headers.get("Authorization")
            behaviour.seen.append((self.command, self.path, body, token))
            if behaviour.hang:
                self.close_connection = True
                return
            self.send_response(behaviour.status)
            self.send_header("Content-Length", str(len(behaviour.body)))
            self.end_headers()
            self.wfile.write(behaviour.body)

        do_PUT = do_GET = _answer

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield RegionalGateway(
        kind="gateway",
        url=f"http://127.0.0.1:{server.server_port}/",
        token="secret",
        channels=("sms",),
    )
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_message_is_put_under_its_own_id_with_all_that_a_gateway_needs(
    gateway: RegionalGateway, behaviour: Behaviour
) -> None:
    assert gateway.send(MESSAGE).status is DeliveryStatus.TAKEN

    ((method, path, body, token),) = behaviour.seen
    assert (method, path, token) == ("PUT", "/messages/msg_1", "Bearer secret")
    assert body["channel"] == "sms"
    assert body["text"] == "Текст"
    assert body["recipient_role"] == "family"


def test_nothing_is_put_when_the_function_could_end_before_the_answer(
    gateway: RegionalGateway, behaviour: Behaviour
) -> None:
    with budget.of(Context(milliseconds=5_000)):
        assert gateway.send(MESSAGE).status is DeliveryStatus.ABSENT
        assert gateway.status(ASKED).status is DeliveryStatus.UNKNOWN
    assert behaviour.seen == []


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (200, b'{"status": "delivered"}', DeliveryStatus.TAKEN),
        (201, b"", DeliveryStatus.TAKEN),
        (202, b'{"status": "accepted"}', DeliveryStatus.TAKEN),
        (200, b'{"status": "refused", "code": "no_such_number"}', DeliveryStatus.REFUSED),
        (422, b'{"code": "no_such_number"}', DeliveryStatus.REFUSED),
        (410, b'{"code": "blocked_by_user"}', DeliveryStatus.REFUSED),
        (401, b"", DeliveryStatus.ABSENT),
        (429, b"", DeliveryStatus.ABSENT),
        (404, b"", DeliveryStatus.ABSENT),
        (299, b"", DeliveryStatus.TAKEN),
        (300, b"", DeliveryStatus.UNKNOWN),
        (301, b"", DeliveryStatus.UNKNOWN),
        (399, b"", DeliveryStatus.UNKNOWN),
        (400, b"", DeliveryStatus.ABSENT),
        (500, b"", DeliveryStatus.UNKNOWN),
        (503, b"not json", DeliveryStatus.UNKNOWN),
    ],
)
def test_what_the_answer_to_a_put_means(
    gateway: RegionalGateway, behaviour: Behaviour, status: int, body: bytes, fate: DeliveryStatus
) -> None:
    behaviour.status, behaviour.body = status, body

    assert gateway.send(MESSAGE).status is fate


@pytest.mark.parametrize(
    ("status", "body", "fate"),
    [
        (200, b'{"status": "accepted"}', DeliveryStatus.TAKEN),
        (200, b'{"status": "refused", "code": "blocked"}', DeliveryStatus.REFUSED),
        (404, b"", DeliveryStatus.ABSENT),
        (401, b"", DeliveryStatus.UNKNOWN),
        (410, b"", DeliveryStatus.UNKNOWN),
        (500, b"", DeliveryStatus.UNKNOWN),
    ],
)
def test_only_a_clear_absent_to_a_question_means_absent(
    gateway: RegionalGateway, behaviour: Behaviour, status: int, body: bytes, fate: DeliveryStatus
) -> None:
    behaviour.status, behaviour.body = status, body

    assert gateway.status(ASKED).status is fate


def test_a_connection_lost_after_the_message_went_out_is_unknown_and_never_repeated(
    gateway: RegionalGateway, behaviour: Behaviour
) -> None:
    behaviour.hang = True

    assert gateway.send(MESSAGE).status is DeliveryStatus.UNKNOWN
    assert len(behaviour.seen) == 1


def test_a_closed_door_means_that_the_message_did_not_leave() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gateway = RegionalGateway(kind="gateway", url=f"http://127.0.0.1:{port}", channels=("sms",))

    assert gateway.send(MESSAGE).status is DeliveryStatus.ABSENT
    assert gateway.status(ASKED).status is DeliveryStatus.UNKNOWN


def test_a_reason_that_is_no_code_goes_no_further(
    gateway: RegionalGateway, behaviour: Behaviour
) -> None:
    behaviour.status, behaviour.body = 422, '{"code": "номер +79161234567"}'.encode()

    assert gateway.send(MESSAGE).code == "refused_by_gateway"


def test_a_message_does_not_show_itself() -> None:
    assert "+7916" not in repr(MESSAGE)
    assert "Текст" not in str(MESSAGE)


@pytest.mark.parametrize("ca", ["", "/ryadom/gateway-root"])
def test_a_gateway_is_trusted_by_the_root_that_its_stage_names(
    monkeypatch: pytest.MonkeyPatch, ca: str
) -> None:
    calls = list[Any]()
    monkeypatch.setattr(regional_gateway, "deliver", lambda call, read: calls.append(call))
    own = RegionalGateway(kind="gateway", url="https://gateway.test", channels=("sms",), ca=ca)
    own.send(MESSAGE)
    assert calls[0].ca == ca
