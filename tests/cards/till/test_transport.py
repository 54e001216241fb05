"""The till's own wire: signed like botocore, patient like botocore, and no more than that."""

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cards.till import transport
from services.cards.till.repository import CallRefused
from services.cards.till.transport import Signer, Wire, unwrap_root_key
from shared.errors import Unavailable

Answer = tuple[int, dict[str, Any]] | None


class Stub:
    """A server that answers what it was told to, one after the other; None hangs up."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.heard: list[tuple[str, dict[str, Any]]] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stub.heard.append((self.headers["X-Amz-Target"], json.loads(body)))
                answer = stub.answers.pop(0) if stub.answers else (200, {})
                if answer is None:
                    self.close_connection = True
                    return
                text = json.dumps(answer[1]).encode()
                self.send_response(answer[0])
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    found = Stub()
    thread = threading.Thread(target=found.server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", found.url)
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    opened: list[http.client.HTTPConnection] = []
    open_one = transport._connection
    monkeypatch.setattr(
        transport, "_connection", lambda *where: opened.append(open_one(*where)) or opened[-1]
    )
    yield found
    for connection in opened:
        connection.close()
    found.server.shutdown()
    thread.join()
    found.server.server_close()


@given(
    body=st.binary(max_size=200),
    secret=st.text("abcXYZ012+/", min_size=1, max_size=40),
    token=st.none() | st.text("abc012+/=", min_size=1, max_size=60),
    host=st.sampled_from(["dynamodb.eu-central-1.amazonaws.com", "127.0.0.1:5700"]),
    now=st.integers(1_600_000_000, 2_000_000_000),
)
@settings(max_examples=100, deadline=None)
def test_every_signature_is_botocores(
    body: bytes, secret: str, token: str | None, host: str, now: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "AKID")
        patch.setenv("AWS_SECRET_ACCESS_KEY", secret)
        if token:
            patch.setenv("AWS_SESSION_TOKEN", token)
        else:
            patch.delenv("AWS_SESSION_TOKEN", raising=False)
        signer = Signer("dynamodb", "eu-central-1", host)
        ours = signer.headers("DynamoDB_20120810.PutItem", "application/x-amz-json-1.0", body, now)
        theirs = _botocore(ours, body, secret, token, host)

    assert ours["authorization"] == theirs


def _botocore(ours: dict[str, str], body: bytes, secret: str, token: str | None, host: str) -> str:
    auth = SigV4Auth(Credentials("AKID", secret, token), "dynamodb", "eu-central-1")
    names = ("content-type", "host", "x-amz-date", "x-amz-target", "x-amz-security-token")
    request = AWSRequest("POST", f"https://{host}/", {n: ours[n] for n in names if n in ours}, body)
    request.context["timestamp"] = ours["x-amz-date"]
    canonical = auth.canonical_request(request)
    text = auth.string_to_sign(request, canonical)
    signature = auth.signature(text, request)
    return (
        f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, "
        f"SignedHeaders={auth.signed_headers(auth.headers_to_sign(request))}, "
        f"Signature={signature}"
    )


def test_what_was_disturbed_is_said_again(stub: Stub) -> None:
    stub.answers = [
        (400, {"__type": "x#ThrottlingException"}),
        (
            400,
            {
                "__type": "x#TransactionCanceledException",
                "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
            },
        ),
        (200, {"fine": 1}),
    ]
    pauses: list[float] = []

    assert Wire("dynamodb", pauses.append).call("PutItem", {"a": 1}) == {"fine": 1}
    assert stub.heard == [("DynamoDB_20120810.PutItem", {"a": 1})] * 3
    assert len(pauses) == 1


def test_a_connection_that_was_closed_meanwhile_is_opened_again_at_once(stub: Stub) -> None:
    wire = Wire("dynamodb", lambda _: pytest.fail("no need to wait"))
    wire.call("GetItem", {})
    stub.answers = [None]

    assert wire.call("GetItem", {}) == {}


def test_what_stays_disturbed_is_unavailable(stub: Stub) -> None:
    stub.answers = [(500, {})] * transport.ATTEMPTS

    with pytest.raises(Unavailable):
        Wire("dynamodb", lambda _: None).call("PutItem", {})
    assert len(stub.heard) == transport.ATTEMPTS


def test_a_refusal_hands_over_what_it_met(stub: Stub) -> None:
    row = {"pk": {"S": "CHECK#1"}}
    stub.answers = [
        (400, {"__type": "x#ConditionalCheckFailedException", "Item": row}),
        (
            400,
            {
                "__type": "x#TransactionCanceledException",
                "CancellationReasons": [
                    {"Code": "ConditionalCheckFailed", "Item": row},
                    {"Code": "TransactionConflict"},
                ],
            },
        ),
    ]
    wire = Wire("dynamodb", lambda _: None)
    for code in ("ConditionalCheckFailedException", "TransactionCanceledException"):
        with pytest.raises(CallRefused) as refused:
            wire.call("PutItem", {})
        assert refused.value.code == code
        assert refused.value.reasons[0]["Item"] == row


def test_the_root_key_is_asked_for_under_the_name_of_its_service(stub: Stub) -> None:
    stub.answers = [(200, {"Plaintext": "AAECAw=="})]

    assert unwrap_root_key("cards", Wire("kms"), "wrapped") == b"\x00\x01\x02\x03"
    assert stub.heard == [
        (
            "TrentService.Decrypt",
            {"CiphertextBlob": "wrapped", "EncryptionContext": {"service": "cards"}},
        )
    ]


def test_a_key_that_kms_refuses_is_unavailable_and_nothing_else(stub: Stub) -> None:
    stub.answers = [(400, {"__type": "AccessDeniedException"})]

    with pytest.raises(Unavailable):
        unwrap_root_key("cards", Wire("kms"), "wrapped")


def test_only_awss_own_roots_are_trusted_for_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    context = transport._trusted("dynamodb.eu-central-1.amazonaws.com")

    assert len(context.get_ca_certs()) == 5
    assert context.check_hostname
