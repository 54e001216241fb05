"""The authorizer: who is calling, or nobody at all."""

import base64
import time
from collections.abc import Callable
from unittest.mock import Mock

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared import clock
from shared.identity import authorizer, kms_signatures, machine_tokens
from shared.identity.claims import principal_from_authorizer_context
from shared.principal import Principal
from tests.shared.identity.staff_issuer import (
    ARN,
    AUDIENCE,
    EC_KEY,
    OTHER_KEY,
    RSA_KEY,
    Provider,
    call,
    token,
    unauthorized,
)
from tests.support.log_lines import log_lines


@pytest.mark.requirement("X-05")
def test_a_persons_claims_reach_the_service(provider: Provider) -> None:
    claims = {"custom:districts": "D05", "custom:org": "gua_1", "cognito:groups": ["a", "b"]}
    answer = call(f"Bearer {token(**claims)}")
    caller = principal_from_authorizer_context(
        {"principalId": answer["principalId"], **answer["context"]}, "b"
    )
    assert (caller.id, caller.kind, caller.role) == ("5f0c", "person", "b")
    assert (caller.regions, caller.districts, caller.org) == (("ZR",), ("D05",), "gua_1")
    assert all(isinstance(value, str) for value in answer["context"].values())


def test_the_answer_fits_every_route_of_the_api(provider: Provider) -> None:
    (statement,) = call(f"Bearer {token()}")["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"] == ARN.split("/GET/")[0] + "/*"


def test_a_key_of_a_curve_is_as_good(provider: Provider) -> None:
    assert call(f"bearer {token(EC_KEY, 'ec1', 'ES256')}")["principalId"] == "5f0c"


def test_an_access_token_names_its_client_instead_of_an_audience(provider: Provider) -> None:
    call(f"Bearer {token(aud=None, client_id=AUDIENCE)}")
    call(f"Bearer {token(aud=['x', AUDIENCE])}")
    unauthorized(f"Bearer {token(aud=None)}")
    unauthorized(f"Bearer {token(aud=None, client_id='other')}")


@pytest.mark.parametrize(
    "make",
    [
        lambda: "",
        lambda: "Bearer ",
        lambda: "Basic dXNlcjpwYXNz",
        lambda: "Basic " + token(),
        lambda: "Bearer " + token(more="x" * authorizer.LONGEST_TOKEN),
        lambda: "Bearer not.a.jwt",
        lambda: "Bearer not.a.\udcffjwt",
        lambda: "Bearer " + "x" * 9000,
        lambda: "Bearer " + token(OTHER_KEY),
        lambda: "Bearer " + token(RSA_KEY, "unknown"),
        lambda: "Bearer " + token(iss="https://elsewhere.example"),
        lambda: "Bearer " + token(aud="somebody-else"),
        lambda: "Bearer " + token(exp=time.time() - 60),
        lambda: "Bearer " + token(nbf=time.time() + 600),
        lambda: "Bearer " + token(exp=None),
        lambda: "Bearer " + token(iat=None),
        lambda: "Bearer " + token(iat=time.time() + 600),
        lambda: "Bearer " + token(iss=None),
        lambda: "Bearer " + token(sub=None),
        lambda: "Bearer " + token(sub="Мария"),
        lambda: "Bearer " + token(sub="x" * 129),
        lambda: "Bearer " + token(**{"cognito:groups": None}),
        lambda: "Bearer " + token(**{"cognito:groups": ["hq,federal"]}),
        lambda: "Bearer " + token(**{"custom:regions": ["ZR,*"]}),
        lambda: "Bearer " + token(**{"custom:org": "a b"}),
        lambda: "Bearer " + token(RSA_KEY, "ec1"),
        lambda: "Bearer " + token(EC_KEY, "rsa1", "ES256"),
        lambda: "Bearer " + token(RSA_KEY, "rsa1", "RS512"),
        lambda: "Bearer " + token(RSA_KEY, "rsa1", "PS256"),
        lambda: "Bearer " + jwt.encode({"sub": "5f0c"}, "", algorithm="none"),
        lambda: "Bearer " + token()[:-4] + "AAAA",
        lambda: "Bearer " + forged_with_the_public_key(),
        lambda: "Bearer " + unsigned('{"alg":"RS256","kid":"rsa1","typ":["JWT"]}'),
        lambda: "Bearer " + unsigned('{"alg":"RS256","kid":"rsa1","typ":{}}'),
        lambda: "Bearer " + unsigned('{"alg":"RS256","kid":"rsa1","typ":5}'),
    ],
)
@pytest.mark.requirement("X-05")
def test_whoever_cannot_be_recognised_is_unauthorized(
    provider: Provider, make: Callable[[], str]
) -> None:
    unauthorized(make())


def unsigned(head: str) -> str:
    """Return a token with this header that nobody has signed."""
    parts = (base64.urlsafe_b64encode(each) for each in (head.encode(), b'{"sub":"x"}', b"x"))
    return b".".join(part.rstrip(b"=") for part in parts).decode()


def forged_with_the_public_key() -> str:
    import hmac

    pem = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _, body, _ = token().split(".")
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"rsa1"}').rstrip(b"=")
    message = head + b"." + body.encode()
    mac = base64.urlsafe_b64encode(hmac.digest(pem, message, "sha256")).rstrip(b"=")
    return (message + b"." + mac).decode()


def test_a_token_ends_when_it_says_and_a_little_leeway_later(provider: Provider) -> None:
    now = clock.wall().timestamp()
    call(f"Bearer {token(exp=now - authorizer.LEEWAY_SECONDS + 5)}")
    unauthorized(f"Bearer {token(exp=now - authorizer.LEEWAY_SECONDS - 5)}")
    assert authorizer.LEEWAY_SECONDS <= 60


def test_any_issuer_may_keep_its_claims_where_it_likes(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "CLAIMS",
        '{"id": "preferred_username", "roles": "realm_access.roles",'
        ' "regions": "https://ryadom.example/regions"}',
    )
    authorizer._claims_map.cache_clear()
    answer = call(
        "Bearer "
        + token(
            preferred_username="hq-1",
            realm_access={"roles": ["regional_hq"]},
            **{"https://ryadom.example/regions": ["ZR"]},  # a name with dots, as Auth0 asks for
        )
    )
    for unnamed in ({}, {"preferred_username": ""}):
        unauthorized(f"Bearer {token(realm_access={'roles': ['regional_hq']}, **unnamed)}")
    for elsewhere in ({}, {"realm_access": None}, {"realm_access": ["regional_hq"]}):
        unauthorized(f"Bearer {token(preferred_username='hq-1', **elsewhere)}")
    authorizer._claims_map.cache_clear()
    assert answer["principalId"] == "hq-1"
    assert (answer["context"]["roles"], answer["context"]["regions"]) == ("regional_hq", "ZR")


@pytest.mark.parametrize(
    "identifier", ["auth0|5f0c", "f:1:hq", "hq_1.north@example", "5f0c-41B2", "x" * 128]
)
def test_a_person_is_called_as_issuers_call_people(provider: Provider, identifier: str) -> None:
    assert call(f"Bearer {token(sub=identifier)}")["principalId"] == identifier


def test_a_machine_is_told_by_the_type_of_its_token(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    text = jwt.encode({"sub": "telegram"}, key, "ES256", headers={"typ": machine_tokens.TYPE})
    bot = Principal("telegram", "machine", "bot", ("bot",), scopes=("x", "y"))
    recognise = Mock(return_value=bot)
    monkeypatch.setitem(authorizer._OTHERS, machine_tokens.TYPE, recognise)
    answer = call(f"Bearer {text}")
    assert (answer["principalId"], answer["context"]["kind"]) == ("telegram", "machine")
    assert answer["context"]["scopes"] == "x,y"
    recognise.assert_called_once_with(text)
    assert provider.asked == 0


def test_a_person_who_says_to_be_a_machine_is_none(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    monkeypatch.setattr(kms_signatures, "public_key", lambda _: key)
    monkeypatch.setenv("MACHINE_KEY_ARN", "arn")
    claims = jwt.decode(token(), options={"verify_signature": False})
    head = {"kid": "ec1", "typ": machine_tokens.TYPE}
    unauthorized(f"Bearer {jwt.encode(claims, EC_KEY, 'ES256', headers=head)}")


@pytest.mark.requirement("X-08")
def test_the_log_says_why_but_never_shows_a_token(
    provider: Provider, capsys: pytest.CaptureFixture[str]
) -> None:
    text = token(OTHER_KEY)
    unauthorized(f"Bearer {text}")
    call(f"Bearer {token()}")
    printed = capsys.readouterr().out
    bad, good = log_lines(printed)
    assert (bad["code"], bad["outcome"]) == ("bad_signature", "refused")
    assert good["outcome"] == "ok"
    assert printed.count('"token_refused":[1.0]') == 1
    for part in text.split("."):
        assert part not in printed


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: token(exp=time.time() - 60), "expired_token"),
        (lambda: token(nbf=time.time() + 600), "expired_token"),
        (lambda: token(aud="somebody-else"), "wrong_audience"),
        (lambda: token(aud=None, client_id="other"), "wrong_audience"),
        (lambda: token(RSA_KEY, "unknown"), "unknown_key"),
        (lambda: token(iss="https://elsewhere.example"), "bad_signature"),
        (lambda: token(sub="Мария"), "bad_claims"),
        (lambda: "not.a.jwt", "malformed_token"),
    ],
)
def test_the_log_tells_apart_why_a_token_is_refused(
    provider: Provider, capsys: pytest.CaptureFixture[str], make: Callable[[], str], code: str
) -> None:
    unauthorized(f"Bearer {make()}")

    (line,) = log_lines(capsys.readouterr().out)
    assert line["code"] == code
