"""Whose account was disabled or deleted is out, though the token is good."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from shared import aws
from shared.identity import authorizer
from shared.observability import InvocationFailed
from tests.shared.identity.staff_issuer import ARN, OTHER_KEY, Provider, call, token, unauthorized
from tests.support.faulty_endpoints import (
    Behaviour,
    cut,
    drip,
    faulty_endpoint,
    half,
    silence,
    slow,
)
from tests.support.lambda_context import Countdown
from tests.support.log_lines import log_lines


def refused_by_aws(code: str, status: int) -> ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "AdminGetUser")


class Pool:
    """The user pool as the authorizer asks it: who is enabled, or what fails."""

    def __init__(self) -> None:
        self.enabled = {"HQ-1": True}
        self.sub = "5f0c"
        self.failure: Exception | None = None
        self.token = token(**{"cognito:username": "HQ-1"})

    def admin_get_user(self, **asked: str) -> dict[str, Any]:
        if self.failure is not None:
            raise self.failure
        assert asked.pop("UserPoolId") == "pool"
        name = asked.pop("Username")
        assert not asked
        if name not in self.enabled:
            raise refused_by_aws("UserNotFoundException", 400)
        attributes = [{"Name": "sub", "Value": self.sub}, {"Name": "email", "Value": "a@b.ru"}]
        return {"Username": name, "Enabled": self.enabled[name], "UserAttributes": attributes}


@pytest.fixture
def pool(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Pool:
    made = Pool()
    monkeypatch.setenv("USER_POOL_ID", "pool")
    monkeypatch.setattr(aws, "client", {"cognito-idp": made}.__getitem__)
    return made


@pytest.mark.parametrize("name", ["cognito:username", "username", "sub"])
def test_a_disabled_account_is_refused_though_its_token_is_good(pool: Pool, name: str) -> None:
    good = token(**{name: "HQ-1"})
    pool.sub = "HQ-1" if name == "sub" else "5f0c"
    call(f"Bearer {good}")
    pool.enabled["HQ-1"] = False
    unauthorized(f"Bearer {good}")
    pool.enabled["HQ-1"] = True
    call(f"Bearer {good}")
    del pool.enabled["HQ-1"]
    unauthorized(f"Bearer {good}")


def test_who_got_the_name_of_a_deleted_account_lets_its_old_token_not_in(pool: Pool) -> None:
    call(f"Bearer {pool.token}")
    pool.sub = "77aa"
    unauthorized(f"Bearer {pool.token}")


@pytest.mark.parametrize(
    "failure",
    [
        ConnectTimeoutError(endpoint_url="x"),
        aws.NoTimeLeft(),
        refused_by_aws("InternalErrorException", 500),
        refused_by_aws("TooManyRequestsException", 400),
        refused_by_aws("ThrottlingException", 400),
    ],
)
def test_a_pool_that_cannot_answer_stops_nobody_and_is_counted(
    pool: Pool, capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    pool.failure = failure
    call(f"Bearer {pool.token}")
    (line,) = log_lines(capsys.readouterr().out)
    assert (line["account_unchecked"], line["outcome"]) == (1, "ok")
    assert line["error"]["type"] == type(failure).__name__
    unauthorized(f"Bearer {token(OTHER_KEY)}")


@pytest.mark.parametrize(
    "behaviour",
    [silence, half, cut, drip, slow(0.3), None],
    ids=["silent", "half", "cut", "drip", "slow", "gone"],
)
@pytest.mark.usefixtures("no_pauses")
def test_a_pool_that_hangs_is_left_alone_before_the_function_ends(
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    behaviour: Behaviour | None,
) -> None:
    for name, seconds in {"CONNECT": 0.1, "READ": 0.2, "PAUSE": 0.1}.items():
        monkeypatch.setattr(aws, f"{name}_SECONDS", seconds)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "eu-central-1")
    monkeypatch.setenv("USER_POOL_ID", "pool")
    aws.client.cache_clear()
    with faulty_endpoint(behaviour) as cognito:
        monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", cognito.url)
        event = {"authorizationToken": f"Bearer {token()}", "methodArn": ARN}
        aws.client("cognito-idp")  # its description takes as long as the machine is busy
        countdown = Countdown(3)
        authorizer.handler(event, countdown)
        assert countdown.get_remaining_time_in_millis() > 0
    aws.client.cache_clear()
    (line,) = log_lines(capsys.readouterr().out)
    assert (line["account_unchecked"], line["outcome"]) == (1, "ok")


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_a_pool_that_we_may_not_ask_lets_nobody_in(pool: Pool, code: str) -> None:
    pool.failure = refused_by_aws(code, 400)
    with pytest.raises(InvocationFailed):
        call(f"Bearer {pool.token}")


def test_the_people_of_another_issuer_are_asked_for_in_no_pool(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("USER_POOL_ID")
    pool.failure = AssertionError("a pool was asked")
    call(f"Bearer {pool.token}")


def test_a_stranger_makes_us_ask_nothing(pool: Pool) -> None:
    pool.failure = AssertionError("the pool was asked")
    unauthorized(f"Bearer {token(OTHER_KEY)}")
    unauthorized(f"Bearer {token(exp=1)}")
    with pytest.raises(InvocationFailed):
        call(f"Bearer {pool.token}")
