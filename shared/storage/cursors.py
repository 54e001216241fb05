"""Where a list goes on, as a text that only its own caller can use, for a day.

Guarantees
* The key of a row never leaves the service readable: a cursor is AES-GCM over it.
* A cursor opens only for the caller and the scope (route, partition and filter) it was made for;
  tampered, foreign and expired ones are refused alike, as `bad_cursor`.
"""

import json
import secrets as randomness
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING

from shared import clock, keyring
from shared.errors import Invalid

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

LIFETIME_SECONDS = 24 * 3600
LONGEST = 2048
_NONCE = 12


def seal(key: Mapping[str, str], caller_id: str, scope: str) -> str:
    """Return the cursor that goes on after this key."""
    expires = int(clock.wall().timestamp()) + LIFETIME_SECONDS
    plain = json.dumps([expires, dict(key)], separators=(",", ":"), ensure_ascii=False).encode()
    nonce = randomness.token_bytes(_NONCE)
    sealed = _cipher().encrypt(nonce, plain, _bound_to(caller_id, scope))
    return urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def open_cursor(cursor: str, caller_id: str, scope: str) -> dict[str, str]:
    """Return the key behind a cursor; raises Invalid."""
    from cryptography.exceptions import InvalidTag

    try:
        sealed = _decoded(cursor)
        plain = _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound_to(caller_id, scope))
    except (InvalidTag, ValueError):
        raise _refused() from None
    expires, key = json.loads(plain)
    if clock.wall().timestamp() > expires:
        raise _refused()
    return {str(name): str(value) for name, value in key.items()}


def _decoded(cursor: str) -> bytes:
    """Return the bytes of a cursor in its one spelling; base64 alone would accept several."""
    if len(cursor) > LONGEST:
        raise ValueError
    sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    if urlsafe_b64encode(sealed).decode().rstrip("=") != cursor or len(sealed) < _NONCE + 16:
        raise ValueError
    return sealed


def _bound_to(caller_id: str, scope: str) -> bytes:
    return json.dumps([caller_id, scope]).encode()


def _cipher() -> "AESGCM":
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(keyring.from_env().child("cursor"))


def _refused() -> Invalid:
    return Invalid("bad_cursor", "/cursor")
