"""Where a list goes on, as a text that only its own caller can use, for a day.

Guarantees
* The key of a row never leaves the service readable: a cursor is AES-GCM over it.
* A cursor opens only for the caller and the scope (route, partition and filter) it was made for;
  tampered, foreign and expired ones are refused alike, as `bad_cursor`.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from shared import clock, keyring
from shared.errors import Invalid

LIFETIME_SECONDS = 24 * 3600
_KEY = "cursor"


def seal(key: Mapping[str, str], caller_id: str, scope: str) -> str:
    """Return the cursor that goes on after this key."""
    expires = int(clock.wall().timestamp()) + LIFETIME_SECONDS
    plain = json.dumps([expires, dict(key)], separators=(",", ":"), ensure_ascii=False).encode()
    sealed = keyring.seal(keyring.from_env().child(_KEY), plain, _bound_to(caller_id, scope))
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def open_cursor(cursor: str, caller_id: str, scope: str) -> dict[str, str]:
    """Return the key behind a cursor; raises Invalid."""
    from cryptography.exceptions import InvalidTag

    try:
        sealed, key = _decoded(cursor), keyring.from_env().child(_KEY)
        plain = keyring.unseal(key, sealed, _bound_to(caller_id, scope))
    except (InvalidTag, ValueError):
        raise _refused() from None
    expires, place = json.loads(plain)
    if clock.wall().timestamp() > expires:
        raise _refused()
    return {str(name): str(value) for name, value in place.items()}


def _decoded(cursor: str) -> bytes:
    """Return the bytes of a cursor in its one spelling; base64 alone would accept several."""
    sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    if urlsafe_b64encode(sealed).decode().rstrip("=") != cursor:
        raise ValueError
    return sealed


def _bound_to(caller_id: str, scope: str) -> bytes:
    return json.dumps([caller_id, scope]).encode()


def _refused() -> Invalid:
    return Invalid("bad_cursor", "/cursor")
