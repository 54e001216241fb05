"""The public keys of the identity provider, fetched rarely and never for the asking."""

import json
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from shared import clock
from shared.errors import Unauthenticated, Unavailable

if TYPE_CHECKING:
    from jwt import PyJWK

FRESH_SECONDS = 3600
STALE_SECONDS = 24 * 3600
COOLDOWN_SECONDS = 30
LARGEST = 256 * 1024
TIMEOUT_SECONDS = 3


class Keys:
    """The signing keys behind one address.

    An unknown key id asks again, but not more often than each half minute, so that invented tokens
    cannot make us hammer the provider; while it is down, known keys serve for a day.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, PyJWK] = {}
        self._fetched = self._tried = float("-inf")

    def key(self, kid: str) -> "PyJWK":
        """The key of that id; raises Unauthenticated or Unavailable."""
        now = clock.wall().timestamp()
        old = now - self._fetched > FRESH_SECONDS
        if (old or kid not in self._keys) and now - self._tried >= COOLDOWN_SECONDS:
            self._tried = now
            self._refresh(now)
        if now - self._fetched > STALE_SECONDS:
            raise Unavailable("identity_unavailable")
        if kid not in self._keys:
            raise Unauthenticated("unknown_key")
        return self._keys[kid]

    def _refresh(self, now: float) -> None:
        try:
            document = self._download()
        except (URLError, TimeoutError, ValueError):
            return
        keys = document.get("keys")
        found = [_usable(key) for key in keys] if isinstance(keys, list) else []
        self._keys = {key.key_id: key for key in found if key is not None and key.key_id}
        self._fetched = now

    def _download(self) -> dict[str, Any]:
        if not self._url.startswith(("https://", "http://")):
            raise ValueError
        request = Request(self._url, headers={"Accept": "application/json"})
        with urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            document = json.loads(response.read(LARGEST))
        if not isinstance(document, dict):
            raise ValueError
        return document


def _usable(key: Any) -> "PyJWK | None":
    from jwt import PyJWK, PyJWTError

    if not isinstance(key, dict) or key.get("kty") not in ("RSA", "EC"):
        return None
    if key.get("use", "sig") != "sig":
        return None
    try:
        return PyJWK(key)
    except (PyJWTError, ValueError, TypeError):
        return None
