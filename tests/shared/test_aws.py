"""How we speak to AWS."""

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError

from shared import aws, budget
from tests.simulation.fault_injection import client_error
from tests.support.faulty_endpoints import faulty_endpoint, silence
from tests.support.lambda_context import Countdown

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
# A call to each service that we speak to, as we make it.
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "cognito-idp": ("admin_get_user", {"UserPoolId": "p", "Username": "u"}),
    "dynamodb": ("get_item", {"TableName": "t", "Key": KEY}),
    "events": ("put_events", {"Entries": [{"Source": "s", "DetailType": "t", "Detail": "{}"}]}),
    "kms": ("decrypt", {"CiphertextBlob": b"c"}),
    "lambda": ("invoke", {"FunctionName": "f", "Payload": b"{}"}),
    "s3": ("get_object", {"Bucket": "b", "Key": "k"}),
    "sqs": ("delete_message", {"QueueUrl": "http://q", "ReceiptHandle": "r"}),
    "ssm": ("get_parameter", {"Name": "/n"}),
}


@pytest.mark.parametrize(
    ("code", "status", "passes"),
    [
        ("ThrottlingException", 400, True),
        ("ProvisionedThroughputExceededException", 400, True),
        ("RequestLimitExceeded", 400, True),
        ("TooManyRequestsException", 429, True),
        ("ExpiredTokenException", 400, True),
        ("InternalServerError", 500, True),
        ("SlowDown", 503, True),
        ("AccessDeniedException", 400, False),
        ("InvalidSignatureException", 400, False),  # a clock that is wrong does not mend itself
        ("ConditionalCheckFailedException", 400, False),
        ("ValidationException", 499, False),
    ],
)
def test_what_passes_by_itself_is_told_from_what_does_not(
    code: str, status: int, passes: bool
) -> None:
    assert aws.may_pass(client_error(code, status)) is passes


def test_calls_say_whose_they_are_and_go_out_unchecked_over_kept_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    client = boto3.client("dynamodb", "eu-central-1", config=aws.config("dynamodb"))
    sent: list[str] = []

    def keep(request: object, **_: object) -> object:
        sent.append(request.headers["User-Agent"].decode())  # type: ignore[attr-defined]
        raise InterruptedError

    client.meta.events.register("before-send", keep)
    with pytest.raises(InterruptedError):
        client.list_tables()
    with pytest.raises(InterruptedError):
        client.list_tables(Limit="many")  # what the code builds is checked by no client
    said = client.meta.config
    assert (said.tcp_keepalive, said.retries["mode"]) == (True, "standard")
    for service in ("dynamodb", "lambda", "s3"):
        waits = aws.config(service)
        longest = waits.connect_timeout + waits.read_timeout + aws.PAUSE_SECONDS
        assert longest == aws.longest_try(service)
    assert len(sent) == 2
    assert sent[0].startswith("Botocore/") and " ryadom" in sent[0]


@pytest.fixture
def hurried(no_pauses: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Calls take a fraction of their real times."""
    for name, seconds in {"CONNECT": 0.1, "READ": 0.1, "PAUSE": 0.1}.items():
        monkeypatch.setattr(aws, f"{name}_SECONDS", seconds)
    monkeypatch.setattr(aws, "LONGER_READ_SECONDS", {})
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    for cached in (aws.session, aws.client):
        cached.cache_clear()
    yield
    for cached in (aws.session, aws.client):
        cached.cache_clear()


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("service", CALLS)
def test_a_silent_service_is_asked_three_times_and_never_too_late(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, request = CALLS[service]
    with faulty_endpoint(silence) as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL", made.url)
        call = getattr(aws.client(service), method)
        begun = time.monotonic()
        with pytest.raises(BotoCoreError):
            call(**request)
        assert (made.asked, time.monotonic() - begun < 5) == (aws.ATTEMPTS, True)
        made.behave(silence)
        with budget.of(Countdown(0.3)), pytest.raises(aws.NoTimeLeft):
            call(**request)
        assert made.asked == 0
