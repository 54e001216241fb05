"""Access tokens of people without accounts, issued by the service that keeps their contact.

Guarantees
* A token is signed (ES256) by a key that only the issuing service may use and that never leaves
  KMS; what recognises it holds the public half (`PEOPLE_KEYS`: a key per service).
* `aud` is the issuing service. The caller carries it as `audience`, and the edge of every other
  service refuses them, unless it `welcomes` that role of that service: the token of a card's holder
  opens nothing in intake, that of a family its own matches in matching.
* It lives for 15 minutes. Its device is asked for at each renewal, not here, so that a revoked one
  is out within these.
* A bot's token names both: the person it speaks for (`sub`) and the bot (`act`, RFC 8693).
"""

import json
from datetime import timedelta
from functools import cache

from shared import settings
from shared.errors import Unauthenticated
from shared.identity import kms_signatures
from shared.principal import Principal

TYPE = "ryadom-person+jwt"
LIFETIME = timedelta(minutes=15)
_DEVICE = "device:"
# The role whose people sign in as their organisation.
GUARDIAN = "guardian_rep"


def recognise(token: str) -> Principal:
    """Give the person behind a token; raises Unauthenticated with the reason as its code."""
    claims = kms_signatures.decode(token, _key_of, None, LIFETIME, "role", "sid")
    bot = claims.get("act", {}).get("sub")
    return holder(claims["sub"], claims["role"], bot, claims["sid"], claims["aud"])


def holder(person: str, role: str, bot: str | None, device_id: str, audience: str) -> Principal:
    """Return the person of a device, or the bot that speaks for them, as the one who acts by it."""
    return Principal(
        id=bot or person,
        kind="machine" if bot else "person",
        role=role,
        roles=(role,),
        # A guardian's representative signs in as the organisation, by the contact that it gave.
        org=person if role == GUARDIAN else None,
        on_behalf_of=person if bot else None,
        evidence=f"{_DEVICE}{device_id}",
        audience=audience,
    )


def device_of(caller: Principal) -> str | None:
    """Return the device by which a person without an account calls; None of any other caller."""
    if caller.audience is None or caller.evidence is None:
        return None
    return caller.evidence.removeprefix(_DEVICE)


def _key_of(audience: object) -> str:
    """Return the key of the service that a token is for; only one that is configured has any."""
    key = _keys(settings.people_keys()).get(audience) if isinstance(audience, str) else None
    if key is None:
        raise Unauthenticated("wrong_audience")
    return key


@cache
def _keys(text: str) -> dict[str, str]:
    keys: dict[str, str] = json.loads(text)
    return keys
