"""How we speak to AWS."""

import boto3
import pytest

from shared import aws
from tests.simulation.fault_injection import client_error


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
