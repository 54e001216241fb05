"""AWS's APIs: one try, an endpoint of the stage's choice, and what its errors mean."""

from collections.abc import Mapping
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from services.notifications.channels import aws_provider
from services.notifications.channels.aws_provider import deliver
from services.notifications.channels.email import ses
from services.notifications.channels.port import DeliveryStatus
from shared import budget
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


def test_nothing_is_sent_when_the_function_could_end_before_the_answer(
    server: CarrierServer,
) -> None:
    send = Mock()
    with budget.of(Context(milliseconds=5_000)):
        report = deliver(send, {})

    assert (report.status, send.called) == (DeliveryStatus.ABSENT, False)
