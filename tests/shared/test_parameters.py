"""Secrets of a stage: read by the container's client, kept for a while, and Unavailable in time."""

import json
import time
from collections.abc import Iterator
from typing import Literal
from unittest.mock import Mock

import pytest
from pydantic import TypeAdapter

from shared import aws, budget, observability, parameters
from shared.errors import Unavailable
from tests.support.faulty_endpoints import (
    Behaviour,
    FaultyEndpoint,
    cut,
    drip,
    failing,
    faulty_endpoint,
    half,
    silence,
)
from tests.support.lambda_context import Countdown
from tests.support.log_lines import log_lines


def holding(value: str) -> Behaviour:
    """A parameter that holds this text."""
    return failing("200 OK", json.dumps({"Parameter": {"Name": "/x", "Value": value}}).encode())


# A ring of the alarm that comes in a finalizer, or while garbage is collected, is lost and told so.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
MISTYPED = holding('{"tokn": "t"}')
TOKENS = TypeAdapter(dict[Literal["token"], str])


def secret(name: str) -> dict[Literal["token"], str]:
    return parameters.secret(name, TOKENS)


@pytest.fixture
def store(no_pauses: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyEndpoint]:
    """Systems Manager, whose parameter says who it is."""
    for name, seconds in {"CONNECT": 0.05, "READ": 0.15, "PAUSE": 0.1}.items():
        monkeypatch.setattr(aws, f"{name}_SECONDS", seconds)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    for cached in (aws.session, aws.client, parameters._secrets):
        cached.cache_clear()
    with faulty_endpoint(holding('{"token": "t"}')) as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", made.url)
        aws.client("ssm")  # its description takes as long as the machine is busy
        yield made
    for cached in (aws.session, aws.client, parameters._secrets):
        cached.cache_clear()


def test_a_secret_is_read_once_in_five_minutes(
    store: FaultyEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [secret("/x") for _ in range(3)] == [{"token": "t"}] * 3
    assert (store.asked, parameters.SECRET_SECONDS) == (1, 300)

    monkeypatch.setattr(parameters, "SECRET_SECONDS", 0.01)
    secret("/y")
    store.behave(holding('{"token": "new"}'))
    time.sleep(0.02)
    assert secret("/y") == {"token": "new"}


@pytest.mark.parametrize(
    "behaviour",
    [
        silence,
        half,
        cut,
        drip,
        None,
        holding("no JSON"),
        MISTYPED,
        failing("400 Bad Request", b"{}"),
    ],
)
def test_a_secret_that_cannot_be_read_is_unavailable_before_the_function_ends(
    store: FaultyEndpoint, behaviour: Behaviour | None
) -> None:
    store.behave(behaviour)
    context = Countdown(2)
    with budget.of(context), budget.alarm(), pytest.raises(Unavailable):
        secret("/x")
    assert context.get_remaining_time_in_millis() > 0


def test_no_secret_is_asked_for_that_could_outlast_the_invocation(store: FaultyEndpoint) -> None:
    begun = time.monotonic()
    with budget.of(Countdown(0.2)), pytest.raises(Unavailable):
        secret("/x")
    assert (store.asked, time.monotonic() - begun < 0.2) == (0, True)


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        (MISTYPED, {"type": "ValidationError"}),
        (
            failing("400 Bad Request", b'{"__type": "x#AccessDeniedException"}'),
            {"code": "AccessDeniedException"},
        ),
    ],
)
def test_why_a_secret_cannot_be_read_is_in_the_log(
    store: FaultyEndpoint,
    behaviour: Behaviour,
    why: dict[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    store.behave(behaviour)

    with observability.invocation("ledger", "work", None), pytest.raises(Unavailable):
        secret("/x")

    out = capsys.readouterr().out
    (line,) = log_lines(out)
    assert {name: line["error"].get(name) for name in why} == why
    assert "tokn" not in out


@pytest.mark.parametrize(
    "behaviour", [silence, cut, failing("400 Bad Request", b"{}"), holding('{"token": '), MISTYPED]
)
def test_while_secrets_cannot_be_read_the_last_ones_serve_and_are_counted(
    store: FaultyEndpoint, monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour
) -> None:
    monkeypatch.setattr(parameters, "SECRET_SECONDS", 0.01)
    counted: list[str] = []
    monkeypatch.setattr(parameters, "count", counted.append)
    assert secret("/x") == {"token": "t"}
    store.behave(behaviour)
    time.sleep(0.02)

    assert secret("/x") == {"token": "t"}
    assert counted == ["secret_unreadable"]


def test_a_secret_that_was_deleted_is_not_kept(
    store: FaultyEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parameters, "SECRET_SECONDS", 0.01)
    secret("/x")
    gone = {"__type": "com.amazonaws.ssm#ParameterNotFound"}
    for behaviour in (failing("400 Bad Request", json.dumps(gone).encode()), silence):
        store.behave(behaviour)
        time.sleep(0.02)
        with pytest.raises(Unavailable):
            secret("/x")


def test_a_secret_is_asked_for_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies there is encrypted, and so it comes unless it is asked for otherwise."""
    manager = Mock()
    manager.get_parameter.return_value = {"Parameter": {"Value": '{"token": "t"}'}}
    monkeypatch.setattr(aws, "client", lambda _: manager)
    parameters._secrets.cache_clear()

    try:
        assert secret("/plain") == {"token": "t"}
    finally:
        parameters._secrets.cache_clear()
    asked = manager.get_parameter.call_args.kwargs
    assert asked == {"Name": "/plain", "WithDecryption": True}
