"""Signed links for a family that has no account: one purpose, one subject, for a limited time.

Guarantees
* A link carries ids, never personal data; what it says is signed under the service's own key and
  the purpose, so it cannot be altered or turned to another purpose; tampered and foreign ones are
  refused alike, as `bad_link`, and so is one that has expired where the caller has no other answer.
* A link meant for one use is spent by `once(link)`: the name it claims goes into the same commit as
  the effect, so that of two uses at once one is refused.
* Expiry is judged by the wall clock, like every signature.
"""

import hashlib
import secrets as randomness
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from pydantic import AfterValidator, BeforeValidator, Field

from shared import clock, keyring
from shared.errors import IllegalStep, Invalid
from shared.principal import Principal
from shared.storage.rows import UniqueName

LONGEST = 512
# The sign of a sentence after a link, which some phones take for a part of it.
AFTER_A_LINK = ".,;:!?)>\"'\u00bb\u2026"


def _alone(link: object) -> object:
    return link.strip().rstrip(AFTER_A_LINK) if isinstance(link, str) else link


# A link's text as people copy it, and in the path of a request.
CopiedLink = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_alone)]
LinkText = Annotated[
    str,
    Field(min_length=16, max_length=LONGEST, pattern=r"^[A-Za-z0-9_.-]+$"),
    BeforeValidator(_alone),
]
# How itsdangerous signs here; its own default is SHA-1.
HMAC_SHA256 = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
_PREFIX = "ryl_"
_KEY = "link"
_GRACE = timedelta(days=400)
_SIGNED_TO = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Link:
    """The content of a link: `subject` is the family, `about` the id that the purpose concerns.

    It says to the second when it was issued; `issued_by` is the end of that second.
    """

    id: str
    purpose: str
    subject: str
    about: str
    issued_by: datetime
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


class _WallClockSigner(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(clock.wall().timestamp())


def issue(purpose: str, subject: str, about: str, lifetime: timedelta) -> str:
    """Make a fresh link's text, safe in a URL."""
    if not all(part.isascii() for part in (purpose, subject, about)):
        raise ValueError("a link is made of ids and codes")
    identifier = f"lnk_{randomness.token_hex(8)}"
    content = [identifier, subject, about, int(lifetime.total_seconds())]
    return _PREFIX + str(_serializer(purpose).dumps(content))


def open_link(text: str, purpose: str, expired: IllegalStep | None = None) -> Link:
    """Give the link behind a text, for the purpose the route serves; raises Invalid, or `expired`.

    Who holds a link that was good learns nothing new by that.
    """
    if not (text.startswith(_PREFIX) and text.isascii() and len(text) <= LONGEST):
        raise _refused()
    signed = text.removeprefix(_PREFIX)
    try:
        content, issued_at = _serializer(purpose).loads(signed, return_timestamp=True)
    except BadData:
        raise _refused() from None
    identifier, subject, about, lifetime = content
    issued_by, expires_at = issued_at + _SIGNED_TO, issued_at + timedelta(seconds=lifetime)
    link = Link(identifier, purpose, subject, about, issued_by, expires_at)
    if clock.wall() > link.expires_at:
        raise expired or _refused()
    return link


def once(link: Link) -> UniqueName:
    """Return the name that a single use claims; a second use meets `NameTaken`."""
    return UniqueName(f"LINK#{link.id}", link.id, link.expires_at + _GRACE)


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        keyring.from_env().child(_KEY),
        salt=purpose,
        signer=_WallClockSigner,
        signer_kwargs=HMAC_SHA256,
    )


def _refused() -> Invalid:
    return Invalid("bad_link", "/link")
