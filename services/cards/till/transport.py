"""A wire of the till's own to DynamoDB and KMS: one kept connection, one fixed form of request.

A general client would cost more than everything else in a check together, cold and warm. What it
does for us here is small: sign (SigV4; a test compares each signature with botocore's), repeat
what may be repeated, and tell a refusal from a failure. Every write of the till repeats safely,
because its first condition is that its record is absent.
"""

import hashlib
import hmac
import http.client
import json
import os
import random
import ssl
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.cards.till.repository import CallRefused
from shared import clock
from shared.errors import Unavailable

Item = dict[str, Any]

# A read and a write, each at its slowest, end before the function's ten seconds do.
ATTEMPTS = 3
CONNECT_AND_READ_SECONDS = 1.5
_REPEATED = frozenset(
    {
        "InternalServerError",
        "InternalFailure",
        "LimitExceededException",
        "RequestLimitExceeded",
        "ProvisionedThroughputExceededException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_TARGETS = {"dynamodb": ("DynamoDB_20120810", "1.0"), "kms": ("TrentService", "1.1")}


class Signer:
    """SigV4 for POSTs of JSON to the root of one service; keys of a day are made once."""

    def __init__(self, service: str, region: str, host: str) -> None:
        self.service, self.region, self.host = service, region, host
        self._made_of, self._key = ("", ""), b""

    def headers(self, target: str, kind: str, body: bytes, now: float) -> dict[str, str]:
        """All headers of a request, signed with the container's credentials."""
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
        signed = {
            "content-type": kind,
            "host": self.host,
            "x-amz-date": stamp,
            "x-amz-target": target,
        }
        token = os.environ.get("AWS_SESSION_TOKEN")
        if token:
            signed["x-amz-security-token"] = token
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        digest = hashlib.sha256(body).hexdigest()
        request = f"POST\n/\n\n{lines}\n{names}\n{digest}"
        scope = f"{stamp[:8]}/{self.region}/{self.service}/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}"
        proof = hmac.digest(self._day_key(stamp[:8]), text.encode(), "sha256").hex()
        signed["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={os.environ['AWS_ACCESS_KEY_ID']}/{scope}, "
            f"SignedHeaders={names}, Signature={proof}"
        )
        return signed

    def _day_key(self, day: str) -> bytes:
        secret = os.environ["AWS_SECRET_ACCESS_KEY"]
        if (day, secret) != self._made_of:
            key = b"AWS4" + secret.encode()
            for part in (day, self.region, self.service, "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._made_of, self._key = (day, secret), key
        return self._key


class Wire:
    """One AWS service that speaks JSON, over one connection."""

    def __init__(self, service: str, pause: Callable[[float], None] = time.sleep) -> None:
        region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
        address = urlsplit(
            os.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}")
            or os.environ.get("AWS_ENDPOINT_URL")
            or f"https://{service}.{region}.amazonaws.com"
        )
        self._prefix, version = _TARGETS[service]
        self._kind = f"application/x-amz-json-{version}"
        self._signer = Signer(service, region, address.netloc)
        self._connection = _connection(address.scheme, address.netloc)
        self._pause = pause

    def call(self, operation: str, request: Item) -> Item:
        """The answer of one operation; raises CallRefused or Unavailable."""
        body = json.dumps(request, separators=(",", ":")).encode()
        for attempt in range(ATTEMPTS):
            try:
                status, answer = self._exchange(f"{self._prefix}.{operation}", body)
            except (OSError, http.client.HTTPException, ValueError):
                # A kept connection may have been closed since: whether the call was heard is
                # unknown, and saying it again is safe.
                self._connection.close()
            else:
                if status == 200:
                    return answer
                code = str(answer.get("__type", "")).rpartition("#")[2]
                if status < 500 and code not in _REPEATED and not _disturbed(answer):
                    raise CallRefused(code, _reasons(answer))
            if attempt:
                self._pause(random.uniform(0, 0.02 * 2**attempt))
        raise Unavailable

    def _exchange(self, target: str, body: bytes) -> tuple[int, Item]:
        headers = self._signer.headers(target, self._kind, body, clock.wall().timestamp())
        self._connection.request("POST", "/", body, headers)
        response = self._connection.getresponse()
        answer: Item = json.loads(response.read())
        return response.status, answer


def unwrap_root_key(service: str, wire: Wire, root_key: str) -> bytes:
    """The plain root key of a service; see `shared.secrets`."""
    from base64 import b64decode

    request = {"CiphertextBlob": root_key, "EncryptionContext": {"service": service}}
    try:
        return b64decode(wire.call("Decrypt", request)["Plaintext"])
    except CallRefused as refused:
        raise Unavailable("keys_unavailable") from refused


def _connection(scheme: str, host: str) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, timeout=CONNECT_AND_READ_SECONDS)
    return http.client.HTTPSConnection(
        host, timeout=CONNECT_AND_READ_SECONDS, context=_trusted(host)
    )


def _trusted(host: str) -> ssl.SSLContext:
    """Whom to trust: what the environment says, AWS's own roots for AWS, else the system's."""
    chosen = os.environ.get("AWS_CA_BUNDLE")
    if chosen:
        return ssl.create_default_context(cafile=chosen)
    if host.endswith(".amazonaws.com"):
        text = (Path(__file__).parent / "roots.toml").read_text("ascii")
        return ssl.create_default_context(cadata="\n".join(tomllib.loads(text)["roots"].values()))
    return ssl.create_default_context()


def _reasons(answer: Item) -> list[Item]:
    """What each condition met; a single write's answer has the row itself."""
    reasons: list[Item] = answer.get("CancellationReasons") or [answer]
    return reasons


def _disturbed(answer: Item) -> bool:
    """Whether a transaction was merely in the way of another one."""
    codes = {reason.get("Code") for reason in answer.get("CancellationReasons") or ()}
    passing = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
    return bool(codes & passing) and "ConditionalCheckFailed" not in codes
