"""The tokens of people without accounts, as the authorizer takes them."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from shared.errors import Unauthenticated
from shared.identity import authorizer, kms_signatures, people_tokens
from shared.identity.claims import principal_from_authorizer_context
from shared.principal import Principal

ARN = "arn:aws:execute-api:eu-central-1:123456789012:api1/live/GET/cards/v1/my-cards"
KEYS = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("cards-key", "intake-key")}


@pytest.fixture(autouse=True)
def _platform(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEOPLE_KEYS", '{"cards": "cards-key", "intake": "intake-key"}')
    monkeypatch.setattr(kms_signatures, "public_key", lambda name: KEYS[name].public_key())


def token(key: Any = "cards-key", algorithm: str = "ES256", /, **claims: Any) -> str:
    now = int(time.time())
    body = {
        "iss": "ryadom", "aud": "cards", "sub": "hld_1", "sid": "dev_1", "role": "foster_parent",
        "iat": now, "exp": now + 900,
    } | claims  # fmt: skip
    body = {name: value for name, value in body.items() if value is not None}
    signing = KEYS.get(key, key) if isinstance(key, str) else key
    return jwt.encode(body, signing, algorithm, headers={"typ": people_tokens.TYPE})


def caller_of(text: str, **headers: Any) -> Principal:
    """Whom an edge sees behind a token, through the authorizer's answer."""
    answer = authorizer.handler({"authorizationToken": f"Bearer {text}", "methodArn": ARN}, None)
    vouched = {"principalId": answer["principalId"], **answer["context"]}
    assert all(isinstance(value, str) for value in vouched.values())
    return principal_from_authorizer_context(vouched, **headers)


def refusal(text: str) -> str:
    with pytest.raises(Unauthenticated) as refused:
        people_tokens.recognise(text)
    return refused.value.code


@pytest.mark.requirement("X-05")
def test_a_person_is_who_the_token_says_and_no_more() -> None:
    caller = caller_of(token())

    assert (caller.id, caller.kind, caller.role) == ("hld_1", "person", "foster_parent")
    assert (caller.audience, caller.evidence) == ("cards", "device:dev_1")
    assert (caller.regions, caller.districts, caller.org, caller.scopes) == ((), (), None, ())
    assert (caller.acts_for, caller.on_behalf_of) == ("hld_1", None)


def test_a_guardians_representative_is_its_organisation() -> None:
    caller = caller_of(token(role="guardian_rep", sub="gua_1"))

    assert (caller.org, caller.acts_for, caller.regions) == ("gua_1", "gua_1", ())


def test_a_bots_token_names_the_bot_and_the_one_person_it_speaks_for() -> None:
    caller = caller_of(token(act={"sub": "telegram-bot"}))

    assert (caller.id, caller.kind, caller.acts_for) == ("telegram-bot", "machine", "hld_1")
    assert caller.role == "foster_parent" and caller.scopes == ()


def test_the_key_of_one_service_makes_no_token_for_another() -> None:
    assert refusal(token("intake-key")) == "bad_signature"
    assert caller_of(token("intake-key", aud="intake")).audience == "intake"


@pytest.mark.parametrize("audience", ["matching", "platform", "", None, ["cards", "intake"]])
def test_a_token_is_for_one_service_that_has_people(audience: Any) -> None:
    assert refusal(token(aud=audience)) == "wrong_audience"


@pytest.mark.parametrize("missing", ["aud", "exp", "iat", "iss", "role", "sid", "sub"])
def test_every_claim_is_required(missing: str) -> None:
    assert refusal(token(**{missing: None})) in ("bad_signature", "wrong_audience")


def test_an_old_a_long_and_a_foreign_token_are_refused() -> None:
    now = int(time.time())

    assert refusal(token(iat=now - 1000, exp=now - 100)) == "expired_token"
    assert refusal(token(exp=now + 3600)) == "bad_claims"
    assert refusal(token(iss="another")) == "bad_signature"
    assert refusal(token(ec.generate_private_key(ec.SECP256R1()))) == "bad_signature"


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_only_the_own_algorithm_counts(algorithm: str) -> None:
    key = None if algorithm == "none" else "a secret of thirty-two characters"
    assert refusal(token(key, algorithm)) == "bad_signature"
