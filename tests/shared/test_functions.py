"""A function that is asked answers, or whoever asked is told in time that it did not."""

import time
from collections.abc import Iterator
from unittest.mock import Mock, call

import pytest
from botocore.exceptions import ClientError
from botocore.retries.standard import ExponentialBackoff
from pydantic import BaseModel, ValidationError

from shared import aws, budget, functions
from shared.errors import Unavailable
from shared.redaction import describe
from tests.support.faulty_endpoints import (
    Behaviour,
    FaultyEndpoint,
    cut,
    failing,
    faulty_endpoint,
    half,
    silence,
)
from tests.support.lambda_context import Context

# A tenth of the real times: an API ends after 20 s and waits 12 for a function.
API_SECONDS = 2.0
ANSWERING = failing("200 OK", b'{"number": 8}')
NOT_ANSWERING = {
    "silent": silence,
    "by half": half,
    "hanging up": cut,
    "failing": failing("500 Internal Server Error", b"{}"),
    "talking nonsense": failing("200 OK", b'{"errorMessage": "x"}'),
    "too busy": failing("429 Too Many Requests", b'{"Type": "User", "message": "x"}'),
}


class Number(BaseModel):
    """A question, and its answer."""

    number: int


@pytest.fixture(autouse=True)
def a_tenth(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(aws.LONGER_READ_SECONDS, "lambda", 1.2)
    monkeypatch.setattr(aws, "CONNECT_SECONDS", 0.1)
    monkeypatch.setattr(aws, "PAUSE_SECONDS", 0.2)
    pause = ExponentialBackoff.delay_amount
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *of: pause(*of) / 10)
    monkeypatch.setattr(budget, "ANSWER_SECONDS", 0.05)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "none")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    _forget_clients()
    yield
    _forget_clients()


def _forget_clients() -> None:
    for cached in (aws.session, aws.client):
        cached.cache_clear()


@pytest.fixture
def function(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FaultyEndpoint]:
    behaviour: Behaviour = request.param
    with faulty_endpoint(behaviour) as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", made.url)
        yield made


def double() -> Number:
    """Ask the function on the wire."""
    down = Unavailable("nobody_doubles", retry_after=30)
    return functions.ask(aws.client("lambda"), "double", Number(number=4), Number, down)


@pytest.mark.parametrize("function", [ANSWERING], indirect=True)
def test_an_answer_is_read(function: FaultyEndpoint) -> None:
    assert double().number == 8


def test_a_function_is_asked_for_its_answer_and_the_log_learns_why_it_refused() -> None:
    refused = ClientError({"Error": {"Code": "AccessDeniedException"}}, "Invoke")
    client = Mock(**{"invoke.side_effect": refused})

    with pytest.raises(Unavailable) as told:
        functions.ask(client, "double", Number(number=4), Number, Unavailable())

    asked = {"InvocationType": "RequestResponse", "Payload": b'{"number":4}'}
    assert client.mock_calls == [call.invoke(FunctionName="double", **asked)]
    assert describe(told.value)["code"] == "AccessDeniedException"


@pytest.mark.parametrize("function", NOT_ANSWERING.values(), ids=list(NOT_ANSWERING), indirect=True)
def test_whoever_asks_is_told_before_its_own_time_is_over(function: FaultyEndpoint) -> None:
    aws.client("lambda")
    ends = time.monotonic() + API_SECONDS
    left = Context(int(1000 * API_SECONDS))

    with budget.of(left), pytest.raises(Unavailable) as told:
        double()

    assert time.monotonic() < ends
    assert function.asked
    assert (told.value.code, told.value.facts) == ("nobody_doubles", {"retry_after": 30})
    assert not isinstance(told.value.__cause__, ValidationError)


@pytest.mark.parametrize("function", [silence], indirect=True)
def test_who_waited_in_vain_has_no_time_to_ask_again(function: FaultyEndpoint) -> None:
    aws.client("lambda")
    left = Context(int(1000 * API_SECONDS))

    with budget.of(left), pytest.raises(Unavailable):
        double()

    assert function.asked == 1


def test_an_api_waits_twelve_seconds_for_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    assert aws.LONGER_READ_SECONDS["lambda"] == 12
