"""Tokens of bots and integrators: signed by the platform, short to check, simple to revoke.

A token is `rym_<id>_<claims>.<signature>`. Guarantees
* Nothing about a token is stored: its claims are signed with a child of the platform's root key.
* It ends by itself (`not_after`, at most 400 days), and at once when its id is on the list
  REVOKED_TOKENS; the id is the readable part, so whoever finds a token can say which one to revoke.
* Rotation: issue the next one (same name, another id), then revoke the first.
"""

import json
import os
import re
import secrets as randomness
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta

from shared import clock
from shared.errors import Unauthenticated
from shared.principals import Principal
from shared.secrets import Secrets

PREFIX = "rym_"
LONGEST = 2048
LONGEST_LIFE = timedelta(days=400)
_KEY = "machine-token"
_NAME = re.compile(r"[a-z][a-z0-9]{1,30}(-[a-z0-9]{1,30})*")
_WORD = re.compile(r"[A-Za-z0-9_*:-]{1,64}")
_TOKEN = re.compile(r"rym_([a-z0-9-]{3,80})_([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})")


def issue(
    secrets: Secrets,
    name: str,
    role: str,
    lifetime: timedelta,
    *,
    scopes: tuple[str, ...] = (),
    regions: tuple[str, ...] = (),
    org: str | None = None,
) -> str:
    """A token for the machine of that name, acting in one role."""
    if not _NAME.fullmatch(name) or not timedelta() < lifetime <= LONGEST_LIFE:
        raise ValueError("a machine has a simple name and a token that ends")
    words = (role, *scopes, *regions, *([org] if org else []))
    if not all(_WORD.fullmatch(word) for word in words):
        raise ValueError("claims are codes")
    expires = int((clock.wall() + lifetime).timestamp())
    claims = {"r": role, "s": scopes, "g": regions, "o": org, "e": expires}
    identifier = f"{name}-{randomness.token_hex(3)}"
    body = _text(json.dumps(claims, separators=(",", ":")).encode())
    return f"{PREFIX}{identifier}_{body}.{_text(secrets.sign(_KEY, _message(identifier, body)))}"


def verify(secrets: Secrets, token: str) -> Principal:
    """The machine behind a token; raises Unauthenticated with the reason as its code."""
    parts = _TOKEN.fullmatch(token) if len(token) <= LONGEST else None
    if parts is None:
        raise Unauthenticated("malformed_token")
    identifier, body, signature = parts.groups()
    mac = urlsafe_b64decode(signature + "=")
    if _text(mac) != signature or not secrets.verify(_KEY, _message(identifier, body), mac):
        raise Unauthenticated("bad_signature")
    claims = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if clock.wall().timestamp() >= claims["e"]:
        raise Unauthenticated("expired_token")
    if identifier in os.environ.get("REVOKED_TOKENS", "").replace(" ", "").split(","):
        raise Unauthenticated("revoked_token")
    return Principal(
        id=identifier.rpartition("-")[0],
        kind="machine",
        role=claims["r"],
        roles=(claims["r"],),
        regions=tuple(claims["g"]),
        org=claims["o"],
        scopes=tuple(claims["s"]),
    )


def _message(identifier: str, body: str) -> bytes:
    return f"{identifier}_{body}".encode()


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
