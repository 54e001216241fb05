"""The keys of the issuer: fetched seldom, kept while it is down, and never taken for secrets."""

import socket
import time
from collections.abc import Callable
from typing import Never

import jwt
import pytest

from shared import budget, observability
from shared.errors import Unauthenticated
from shared.identity import authorizer
from shared.observability import InvocationFailed
from tests.shared.identity.staff_issuer import (
    OTHER_KEY,
    RSA_KEY,
    Provider,
    call,
    jwk,
    later,
    token,
    unauthorized,
)
from tests.support.lambda_context import Context
from tests.support.log_lines import log_lines


def test_keys_are_fetched_once_and_not_for_every_invented_key_id(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        call(f"Bearer {token()}")
    for number in range(5):
        unauthorized(f"Bearer {token(RSA_KEY, f'invented{number}')}")
    assert provider.asked == 1
    provider.document["keys"].append(jwk(OTHER_KEY, "rsa2"))
    later(monkeypatch, seconds=31)
    assert call(f"Bearer {token(OTHER_KEY, 'rsa2')}")["principalId"] == "5f0c"
    for number in range(5):
        unauthorized(f"Bearer {token(RSA_KEY, f'invented{number}')}")
    assert provider.asked == 2


def test_a_key_that_the_issuer_withdrew_is_forgotten(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(f"Bearer {token()}")
    provider.document = {"keys": [jwk(OTHER_KEY, "rsa2")]}
    later(monkeypatch, minutes=6)
    unauthorized(f"Bearer {token()}")


def answers_500(provider: Provider) -> None:
    provider.status = 500


def answers_rubbish(provider: Provider) -> None:
    provider.document = "no keys"


def answers_no_keys(provider: Provider) -> None:
    provider.document = {"keys": []}


def answers_a_nest(provider: Provider) -> None:
    """A body nested deeper than Python reads."""
    provider.raw = b"[" * 100_000


def answers_a_key_of_no_form(provider: Provider) -> None:
    provider.document = {"keys": [jwk(RSA_KEY, "rsa1") | {"alg": ["RS256"]}]}


def is_gone(provider: Provider) -> None:
    provider.stop()


FAILURES = (
    answers_500,
    answers_rubbish,
    answers_no_keys,
    answers_a_nest,
    answers_a_key_of_no_form,
    is_gone,
)


@pytest.mark.parametrize("fails", FAILURES)
def test_known_keys_serve_a_day_while_the_issuer_is_down(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, fails: Callable[[Provider], None]
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(observability, "count", counted.append)
    call(f"Bearer {token()}")
    fails(provider)
    for hours in (1, 6, 12, 23):
        with monkeypatch.context() as patch:
            later(patch, hours=hours)
            call(f"Bearer {token()}")
            assert counted == ["identity_keys_unreachable"]
            unauthorized(f"Bearer {token(RSA_KEY, 'invented')}")
            counted.clear()
    later(monkeypatch, hours=25)
    with pytest.raises(InvocationFailed, match="Unavailable"):
        call(f"Bearer {token()}")


def test_why_keys_cannot_be_fetched_is_in_the_log(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    call(f"Bearer {token()}")
    provider.status = 500
    later(monkeypatch, minutes=6)
    capsys.readouterr()

    call(f"Bearer {token()}")

    (line,) = log_lines(capsys.readouterr().out)
    assert (line["identity_keys_unreachable"], line["outcome"]) == (1, "ok")
    assert "HTTPError" in line["error"]["causes"]


def test_an_issuer_that_is_down_is_not_hammered(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(f"Bearer {token()}")
    provider.status = 500
    later(monkeypatch, minutes=6)
    for number in range(5):
        call(f"Bearer {token()}")
        unauthorized(f"Bearer {token(RSA_KEY, f'invented{number}')}")
    assert provider.asked <= 3


def test_an_issuer_that_sends_a_byte_now_and_then_holds_nobody(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(f"Bearer {token()}")
    provider.pause = 0.03
    monkeypatch.setattr(authorizer, "KEYS_TIMEOUT_SECONDS", 0.1)
    begun = time.perf_counter()
    later(monkeypatch, minutes=6)
    assert call(f"Bearer {token()}")["principalId"] == "5f0c"  # by the last good keys
    assert time.perf_counter() - begun < 0.8


def test_an_issuer_that_answers_again_is_believed_again(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(f"Bearer {token()}")
    provider.status = 500
    with monkeypatch.context() as patch:
        later(patch, hours=23)
        call(f"Bearer {token()}")
        provider.status = 200
    with monkeypatch.context() as patch:
        later(patch, hours=24)
        call(f"Bearer {token()}")
    provider.status = 500
    later(monkeypatch, hours=47)
    call(f"Bearer {token()}")


@pytest.mark.parametrize("fails", FAILURES)
def test_without_any_keys_nobody_passes_and_it_is_our_failure(
    provider: Provider, fails: Callable[[Provider], None]
) -> None:
    fails(provider)
    with pytest.raises(InvocationFailed, match="Unavailable"):
        call(f"Bearer {token()}")


def test_an_issuer_that_hangs_is_given_up_before_the_function_ends(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("JWKS_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/jwks")
        monkeypatch.setattr(authorizer, "KEYS_TIMEOUT_SECONDS", 0.2)
        begun = time.monotonic()
        with pytest.raises(InvocationFailed, match="Unavailable"):
            call(f"Bearer {token()}")
    assert time.monotonic() - begun < 5


def test_whom_the_authorizer_asks_must_answer_in_its_own_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def asks(_: str) -> Never:
        left.append(budget.allows(1))
        raise Unauthenticated

    left: list[bool] = []
    monkeypatch.setattr(authorizer, "recognise", asks)
    for milliseconds in (10_000, 1_000):
        with pytest.raises(Exception, match="Unauthorized"):
            authorizer.handler({}, Context(milliseconds))
    assert left == [True, False]


def test_a_key_set_with_rubbish_keeps_its_sound_keys(provider: Provider) -> None:
    rubbish = [None, {}, {"kty": "oct", "k": "AAAA", "kid": "rsa1"}, {"kty": "RSA", "kid": "r"}]
    provider.document["keys"] = [*provider.document["keys"], *rubbish]
    call(f"Bearer {token()}")


def test_a_secret_in_the_key_set_verifies_nothing(provider: Provider) -> None:
    secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"
    provider.document["keys"].append({"kty": "oct", "k": secret, "kid": "o", "alg": "HS256"})
    forged = jwt.encode(
        jwt.decode(token(), options={"verify_signature": False}),
        jwt.PyJWK({"kty": "oct", "k": secret, "alg": "HS256"}).key,
        "HS256",
        headers={"kid": "o"},
    )
    unauthorized(f"Bearer {forged}")
