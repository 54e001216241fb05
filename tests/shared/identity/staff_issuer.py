"""The issuer of the staff's tokens on loopback, its tokens, and the gateway that asks for them."""

import json
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from shared import clock
from shared.identity import authorizer

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
        self.raw: bytes | None = None
        self.asked = 0
        self.status = 200
        self.pause = 0.0
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked += 1
                body = provider.raw or json.dumps(provider.document).encode()
                self.send_response(provider.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                pieces = [body[:1]] * 40 if provider.pause else [body]
                for piece in pieces:
                    self.wfile.write(piece)
                    time.sleep(provider.pause)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/jwks"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


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
