"""The authorizer: who is calling, or nobody at all."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.error import URLError

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared import authorizer, clock, jwks, machines, secrets
from shared.access import principal_from_authorizer_context
from shared.jwks import Keys
from shared.observability import InvocationFailed
from tests.support.kernel import fixed_secrets
from tests.support.lines import log_lines

ARN = "arn:aws:execute-api:eu-central-1:123456789012:api1/live/GET/intake/v1/requests/req_1"
ISSUER, AUDIENCE, URL = "https://issuer.example", "ryadom-web", "https://issuer.example/jwks"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def jwk(key: Any, kid: str) -> dict[str, Any]:
    algorithm: Any = (
        jwt.algorithms.ECAlgorithm if kid.startswith("ec") else jwt.algorithms.RSAAlgorithm
    )
    return json.loads(algorithm.to_jwk(key.public_key())) | {"kid": kid, "use": "sig"}


class Provider:
    """An identity provider: what it publishes, and how often it was asked."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {"keys": [jwk(RSA_KEY, "rsa1"), jwk(EC_KEY, "ec1")]}
        self.asked = 0
        self.down = False

    def __call__(self, keys: Keys) -> dict[str, Any]:
        self.asked += 1
        if self.down:
            raise URLError("down")
        return self.document


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    fake = Provider()
    monkeypatch.setattr(Keys, "_download", lambda self: fake(self))
    for name, value in {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "JWKS_URL": URL}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CLAIMS", raising=False)
    authorizer._keys.cache_clear()
    authorizer._claims_map.cache_clear()
    return fake


def token(key: Any = RSA_KEY, kid: str = "rsa1", algorithm: str = "RS256", **claims: Any) -> str:
    now = clock.wall().timestamp()
    body = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "5f0c",
        "exp": now + 600,
        "cognito:groups": ["regional_hq"],
        "custom:regions": "ZR",
    } | claims
    body = {name: value for name, value in body.items() if value is not None}
    return jwt.encode(body, key, algorithm=algorithm, headers={"kid": kid})


def call(text: str) -> dict[str, Any]:
    return authorizer.handler({"type": "TOKEN", "authorizationToken": text, "methodArn": ARN}, None)


def unauthorized(text: str) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        call(text)


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
        lambda: "Bearer not.a.jwt",
        lambda: "Bearer " + "x" * 9000,
        lambda: "Bearer " + token(OTHER_KEY),
        lambda: "Bearer " + token(kid="unknown"),
        lambda: "Bearer " + token(iss="https://elsewhere.example"),
        lambda: "Bearer " + token(aud="somebody-else"),
        lambda: "Bearer " + token(exp=clock.wall().timestamp() - 60),
        lambda: "Bearer " + token(nbf=clock.wall().timestamp() + 600),
        lambda: "Bearer " + token(exp=None),
        lambda: "Bearer " + token(sub=None),
        lambda: "Bearer " + token(sub="Мария"),
        lambda: "Bearer " + token(**{"cognito:groups": None}),
        lambda: "Bearer " + token(**{"cognito:groups": ["hq,federal"]}),
        lambda: "Bearer " + token(**{"custom:regions": ["ZR,*"]}),
        lambda: "Bearer " + token(**{"custom:org": "a b"}),
        lambda: "Bearer " + token(RSA_KEY, "ec1"),
        lambda: "Bearer " + token(EC_KEY, "rsa1", "ES256"),
        lambda: "Bearer " + token(RSA_KEY, "rsa1", "RS512"),
        lambda: "Bearer " + token(RSA_KEY, "rsa1", "PS256"),
        lambda: "Bearer " + jwt.encode({"sub": "5f0c"}, None, algorithm="none"),
        lambda: "Bearer " + token()[:-4] + "AAAA",
        lambda: "Bearer " + forged_with_the_public_key(),
    ],
)
@pytest.mark.requirement("X-05")
def test_whoever_cannot_be_recognised_is_unauthorized(
    provider: Provider, make: Callable[[], str]
) -> None:
    unauthorized(make())


def forged_with_the_public_key() -> str:
    import base64
    import hmac

    pem = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _, body, _ = token().split(".")
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"rsa1"}').rstrip(b"=")
    message = head + b"." + body.encode()
    mac = base64.urlsafe_b64encode(hmac.digest(pem, message, "sha256")).rstrip(b"=")
    return (message + b"." + mac).decode()


def test_a_token_ends_by_our_clock(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    text, made = token(), clock.wall()
    call(f"Bearer {text}")
    monkeypatch.setattr(clock, "wall", lambda: made + timedelta(seconds=640))
    unauthorized(f"Bearer {text}")


def test_any_issuer_may_keep_its_claims_where_it_likes(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        "CLAIMS", '{"id": "preferred_username", "roles": "realm_access.roles", "regions": "land"}'
    )
    authorizer._claims_map.cache_clear()
    answer = call(
        "Bearer "
        + token(preferred_username="hq-1", realm_access={"roles": ["regional_hq"]}, land=["ZR"])
    )
    authorizer._claims_map.cache_clear()
    assert answer["principalId"] == "hq-1"
    assert (answer["context"]["roles"], answer["context"]["regions"]) == ("regional_hq", "ZR")


def test_keys_are_fetched_once_and_not_for_every_invented_key_id(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        call(f"Bearer {token()}")
    for number in range(5):
        unauthorized(f"Bearer {token(kid=f'invented{number}')}")
    assert provider.asked == 1
    provider.document["keys"].append(jwk(OTHER_KEY, "rsa2"))
    made = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: made + timedelta(seconds=31))
    assert call(f"Bearer {token(OTHER_KEY, 'rsa2')}")["principalId"] == "5f0c"
    assert provider.asked == 2


def test_known_keys_serve_a_day_while_the_provider_is_down(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(f"Bearer {token()}")
    provider.down = True
    made = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: made + timedelta(hours=23))
    call(f"Bearer {token()}")
    monkeypatch.setattr(clock, "wall", lambda: made + timedelta(hours=25))
    with pytest.raises(InvocationFailed, match="Unavailable"):
        call(f"Bearer {token()}")


def test_without_any_keys_nobody_passes_and_it_is_our_failure(provider: Provider) -> None:
    provider.down = True
    with pytest.raises(InvocationFailed):
        call(f"Bearer {token()}")


def test_a_key_set_with_rubbish_keeps_its_sound_keys(provider: Provider) -> None:
    rubbish = [None, {}, {"kty": "oct", "k": "AAAA", "kid": "rsa1"}, {"kty": "RSA", "kid": "r"}]
    provider.document["keys"] = [*rubbish, *provider.document["keys"]]
    call(f"Bearer {token()}")


def test_an_address_that_is_no_web_address_is_never_opened() -> None:
    with pytest.raises(ValueError):
        Keys("file:///etc/passwd")._download()
    assert jwks.TIMEOUT_SECONDS <= 5


def test_a_machine_is_recognised_by_the_platforms_signature(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = fixed_secrets("platform")
    text = machines.issue(platform, "telegram", "bot", timedelta(days=1), scopes=("x", "y"))
    unauthorized(f"Bearer {text}")
    monkeypatch.setenv("ROOT_KEY", "set")
    monkeypatch.setattr(secrets, "from_env", lambda: platform)
    answer = call(f"Bearer {text}")
    assert (answer["principalId"], answer["context"]["kind"]) == ("telegram", "machine")
    assert answer["context"]["scopes"] == "x,y"
    assert provider.asked == 0
    unauthorized(f"Bearer {text[:-1]}!")


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
