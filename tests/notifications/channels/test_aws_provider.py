"""AWS's APIs: one try, an endpoint of the stage's choice, and what its errors mean."""

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from infra.local_platform.fake_carriers import Reply
from services.notifications.channels import aws_provider
from services.notifications.channels.aws_provider import deliver
from services.notifications.channels.email import ses
from services.notifications.channels.port import DeliveryStatus
from services.notifications.channels.wire import NOT_TAKEN, TOO_MANY
from shared import budget
from tests.notifications.channels.conftest import message
from tests.notifications.channels.test_wire import ODD
from tests.support.carriers import CarrierServer
from tests.support.lambda_context import Context


def test_each_error_says_whether_the_message_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    monkeypatch.setattr(aws_provider, "count", counted.append)

    def error(code: str, http_status: int, said: str = "") -> ClientError:
        metadata = {"HTTPStatusCode": http_status}
        response: Any = {"Error": {"Code": code, "Message": said}, "ResponseMetadata": metadata}
        return ClientError(response, "Publish")

    refused = {"OptedOut": "blocked_by_user"} | ses.REFUSED

    def fate(raised: Exception) -> DeliveryStatus:
        def call() -> Mapping[str, Any]:
            raise raised

        return deliver(call, refused).status

    # An account in the sandbox of SES, or a sender who is not proven, says nothing of the mail.
    unproven = (
        "Email address is not verified. The following identities failed the check in region "
        "EU-CENTRAL-1: anna@example.org"
    )
    assert fate(error("MessageRejected", 400, unproven)) is DeliveryStatus.ABSENT
    assert fate(error("MessageRejected", 400, "Illegal content")) is DeliveryStatus.REFUSED
    assert fate(error("OptedOut", 400)) is DeliveryStatus.REFUSED
    assert fate(error("Throttling", 400)) is DeliveryStatus.ABSENT
    assert fate(error("AuthorizationError", 403)) is DeliveryStatus.ABSENT
    assert fate(error("ServiceUnavailable", 503)) is DeliveryStatus.ABSENT
    assert fate(error("InternalError", 500)) is DeliveryStatus.UNKNOWN
    assert fate(error("", 503)) is DeliveryStatus.UNKNOWN
    assert fate(EndpointConnectionError(endpoint_url="x")) is DeliveryStatus.ABSENT
    assert fate(NoCredentialsError()) is DeliveryStatus.ABSENT
    assert fate(KeyError("no answer of the API")) is DeliveryStatus.UNKNOWN
    rejected, unreachable = "gateway_rejects_us", "gateway_unreachable"
    assert counted == [rejected, rejected, unreachable, rejected, "gateway_silent"]


@pytest.mark.parametrize("code", ["Throttling", "ThrottlingException", "LimitExceededException"])
def test_a_throttled_message_is_no_fault_of_ours(code: str) -> None:
    metadata = {"HTTPStatusCode": 400}
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": metadata}
    report = deliver(Mock(side_effect=ClientError(response, "SendEmail")), {})
    assert (report.status, report.code) == (DeliveryStatus.ABSENT, TOO_MANY)


@pytest.mark.parametrize(
    ("http_status", "said", "asked"),
    [
        (429, "120", (DeliveryStatus.ABSENT, 120)),
        (503, "120", (DeliveryStatus.ABSENT, 120)),
        (429, None, (DeliveryStatus.ABSENT, None)),
        (503, "soon", (DeliveryStatus.UNKNOWN, None)),
    ],
)
@pytest.mark.parametrize("name", ["ses", "sns"])
def test_an_api_that_wants_to_be_left_alone_is_left_alone_for_so_long(
    provider: Callable[[str], Any],
    server: CarrierServer,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    http_status: int,
    said: str | None,
    asked: tuple[DeliveryStatus, int | None],
) -> None:
    refusal = {"ses": {}, "sns": "<ErrorResponse><Error><Code>Other</Code></Error></ErrorResponse>"}
    reply = Reply(http_status, refusal[name], {"Retry-After": said} if said else {})
    monkeypatch.setattr(server.carriers, "answer", lambda *_: reply)

    report = provider(name).send(message("busy", "email", "anna@example.org"))

    assert (report.status, report.retry_after) == asked


class OfAnotherAlphabet(str):
    """The page of a proxy that speaks no UTF-8."""

    def encode(self, *_: str) -> bytes:
        return super().encode("cp1251")


@pytest.mark.parametrize("name", ["ses", "sns"])
@pytest.mark.parametrize("status", [200, 403, 500])
def test_an_answer_of_another_form_says_nothing_of_the_message(
    provider: Callable[[str], Any],
    server: CarrierServer,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    status: int,
) -> None:
    """What stands in the way of a provider may answer anything."""
    found = provider(name)
    pages = ("<html>Busy</html>", "<a/>", "", OfAnotherAlphabet("Доступ закрыт"), "[" * 60_000)
    named = ({"MessageId": 7}, {"MessageId": {"a": 1}}, {"MessageId": ""})
    for odd in (*ODD, *pages, *named, {"Error": []}, {"message": {}}):
        reply = Reply(status, odd)
        monkeypatch.setattr(server.carriers, "answer", lambda *_, reply=reply: reply)
        report = found.send(message("odd", "email", "anna@example.org"))
        told = DeliveryStatus.ABSENT if report.code == NOT_TAKEN else DeliveryStatus.UNKNOWN
        assert report.status is told, odd


def test_nothing_is_sent_when_the_function_could_end_before_the_answer(
    server: CarrierServer,
) -> None:
    send = Mock()
    with budget.of(Context(milliseconds=5_000)):
        report = deliver(send, {})

    assert (report.status, send.called) == (DeliveryStatus.ABSENT, False)
