"""The authorizer: who is calling, or nobody at all."""

import base64
import json
import socket
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from unittest.mock import Mock

import jwt
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared import aws, clock
from shared.identity import authorizer, kms_signatures, machine_tokens
from shared.identity.claims import principal_from_authorizer_context
from shared.observability import InvocationFailed
from shared.principal import Principal
from tests.shared.test_budget import Countdown
from tests.support.faulty_endpoints import Behaviour, faulty_endpoint, half, silence, slow
from tests.support.log_lines import log_lines

ARN = "arn:aws:execute-api:eu-central-1:123456789012:api1/live/GET/intake/v1/requests/req_1"
ISSUER, AUDIENCE = "https://issuer.example", "ryadom-web"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


def jwk(key: Any, kid: str) -> dict[str, Any]:
    algorithm: Any = (
        jwt.algorithms.ECAlgorithm if kid.startswith("ec") else jwt.algorithms.RSAAlgorithm
    )
    return {**json.loads(algorithm.to_jwk(key.public_key())), "kid": kid, "use": "sig"}


class Provider:
    """An identity provider on loopback: what it publishes, and how often it was asked."""

    def __init__(self) -> None:
        self.document: Any = {"keys": [jwk(RSA_KEY, "rsa1"), jwk(EC_KEY, "ec1")]}
        self.asked = 0
        self.status = 200
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked += 1
                body = json.dumps(provider.document).encode()
                self.send_response(provider.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    made = Provider()
    for name, value in {"ISSUER": ISSUER, "AUDIENCE": AUDIENCE, "JWKS_URL": made.url}.items():
        monkeypatch.setenv(name, value)
    for name in ("CLAIMS", "USER_POOL_ID"):
        monkeypatch.delenv(name, raising=False)
    authorizer._issuer_keys.cache_clear()
    authorizer._claims_map.cache_clear()
    yield made
    made.stop()


def later(monkeypatch: pytest.MonkeyPatch, **more: float) -> None:
    """Let that much time pass for what is kept; the tokens' own clock stays."""
    gone, wall, monotonic = timedelta(**more), clock.wall(), time.monotonic()
    monkeypatch.setattr(clock, "wall", lambda: wall + gone)
    monkeypatch.setattr(time, "monotonic", lambda: monotonic + gone.total_seconds())


def token(key: Any = RSA_KEY, kid: str = "rsa1", algorithm: str = "RS256", /, **claims: Any) -> str:
    now = time.time()
    body = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "5f0c",
        "iat": now - 10,
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


def is_gone(provider: Provider) -> None:
    provider.stop()


@pytest.mark.parametrize("fails", [answers_500, answers_rubbish, answers_no_keys, is_gone])
def test_known_keys_serve_a_day_while_the_issuer_is_down(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, fails: Callable[[Provider], None]
) -> None:
    call(f"Bearer {token()}")
    fails(provider)
    for hours in (1, 6, 12, 23):
        with monkeypatch.context() as patch:
            later(patch, hours=hours)
            call(f"Bearer {token()}")
            unauthorized(f"Bearer {token(RSA_KEY, 'invented')}")
    later(monkeypatch, hours=25)
    with pytest.raises(InvocationFailed, match="Unavailable"):
        call(f"Bearer {token()}")


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


@pytest.mark.parametrize("fails", [answers_500, answers_rubbish, answers_no_keys, is_gone])
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
        with pytest.raises(InvocationFailed, match="Unavailable"):
            call(f"Bearer {token()}")


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


# whose account was disabled ------------------------------------------------------------------


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
    ],
)
def test_a_pool_that_cannot_answer_stops_nobody_and_is_counted(
    pool: Pool, capsys: pytest.CaptureFixture[str], failure: Exception
) -> None:
    pool.failure = failure
    call(f"Bearer {pool.token}")
    assert "account_unchecked" in capsys.readouterr().out
    unauthorized(f"Bearer {token(OTHER_KEY)}")


@pytest.mark.parametrize(
    "behaviour", [silence, half, slow(0.3), None], ids=["silent", "half", "slow", "gone"]
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
    assert "account_unchecked" in capsys.readouterr().out


@pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
def test_a_pool_that_we_may_not_ask_lets_nobody_in(pool: Pool, code: str) -> None:
    pool.failure = refused_by_aws(code, 400)
    with pytest.raises(InvocationFailed):
        call(f"Bearer {pool.token}")


def test_a_stranger_makes_us_ask_nothing(pool: Pool) -> None:
    pool.failure = AssertionError("the pool was asked")
    unauthorized(f"Bearer {token(OTHER_KEY)}")
    unauthorized(f"Bearer {token(exp=1)}")
    with pytest.raises(InvocationFailed):
        call(f"Bearer {pool.token}")


# machines ------------------------------------------------------------------------------------


def test_a_machine_is_told_by_the_type_of_its_token(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    text = jwt.encode({"sub": "telegram"}, key, "ES256", headers={"typ": machine_tokens.TYPE})
    bot = Principal("telegram", "machine", "bot", ("bot",), scopes=("x", "y"))
    recognise = Mock(return_value=bot)
    monkeypatch.setattr(machine_tokens, "recognise", recognise)
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
