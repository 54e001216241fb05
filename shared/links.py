"""Signed links for a family that has no account: one purpose, one subject, for a limited time.

Guarantees
* A link carries ids and a purpose code, never personal data, and cannot be altered or turned to
  another purpose; tampered, foreign and expired ones are refused alike, as `bad_link`.
* A link meant for one use is spent by `once(link)`: the name it claims goes into the same commit as
  the effect, so that of two uses at once one is refused.
* Expiry is judged by the wall clock, like every signature.
"""

import secrets as randomness
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from shared import clock, secrets
from shared.errors import Invalid
from shared.principals import Principal
from shared.rows import Unique

LONGEST = 512
_PREFIX = "ryl_"
_KEY = "link"
_MAC = 16
_SEPARATOR = "|"
_GRACE = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Link:
    """What a link stands for: `subject` is the family, `about` the thing the purpose concerns."""

    id: str
    purpose: str
    subject: str
    about: str
    expires_at: datetime

    @property
    def principal(self) -> Principal:
        """The family, acting through this link."""
        return Principal(
            id=self.id,
            kind="link",
            role="family",
            roles=("family",),
            scopes=(self.purpose,),
            on_behalf_of=self.subject,
            evidence=f"link:{self.purpose}",
        )


def issue(purpose: str, subject: str, about: str, lifetime: timedelta) -> str:
    """A fresh link's text, safe in a URL."""
    expires = int((clock.wall() + lifetime).timestamp())
    identifier = f"lnk_{randomness.token_hex(8)}"
    parts = (identifier, purpose, subject, about, str(expires))
    if any(_SEPARATOR in part or not part.isascii() for part in parts):
        raise ValueError("a link is made of ids and codes")
    body = _SEPARATOR.join(parts).encode()
    return _PREFIX + _text(body + secrets.from_env().sign(_KEY, body)[:_MAC])


def open_link(text: str, purpose: str) -> Link:
    """The link behind a text, for the purpose the route serves; raises Invalid."""
    try:
        raw = _bytes(text)
    except ValueError:
        raise _refused() from None
    body, mac = raw[:-_MAC], raw[-_MAC:]
    if not secrets.from_env().verify(_KEY, body, mac):
        raise _refused()
    identifier, meant_for, subject, about, expires = body.decode().split(_SEPARATOR)
    link = Link(identifier, meant_for, subject, about, datetime.fromtimestamp(int(expires), UTC))
    if meant_for != purpose or clock.wall() > link.expires_at:
        raise _refused()
    return link


def once(link: Link) -> Unique:
    """The name that a single use claims; a second use meets `Taken`."""
    return Unique(f"LINK#{link.id}", link.id, link.expires_at + _GRACE)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    body = text.removeprefix(_PREFIX)
    if not text.startswith(_PREFIX) or len(text) > LONGEST or not body.isascii():
        raise ValueError
    try:
        raw = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except NotBase64:
        raise ValueError from None
    if _text(raw) != body:
        raise ValueError
    return raw


def _refused() -> Invalid:
    return Invalid("bad_link", "/link")
