"""Tokens signed by a key that never leaves KMS (ES256), and the public half that checks them."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from shared import aws
from shared.errors import Unauthenticated

ALGORITHM = "ES256"
ISSUER = "ryadom"
LEEWAY_SECONDS = 30
REQUIRED = ("aud", "exp", "iat", "iss", "sub")


def encode(kms: Any, key_arn: str, kind: str, claims: Mapping[str, Any]) -> str:
    """Return the token of these claims; `kind` is the `typ` of its header."""
    # Only a sign-in needs them: PyJWT and X.509 are a tenth of a start.
    from jwt.api_jws import PyJWS

    from shared.identity.kms_algorithm import SignedByKms

    jws = PyJWS(algorithms=[])
    jws.register_algorithm(ALGORITHM, SignedByKms(kms))
    return jws.encode(
        json.dumps(claims).encode(), key_arn, algorithm=ALGORITHM, headers={"typ": kind}
    )


def decode(
    token: str, key_of: Callable[[Any], str], audience: str | None, longest: timedelta, *more: str
) -> dict[str, Any]:
    """Return the claims of a token; raises Unauthenticated with the reason as its code.

    `key_of` gives the key of the audience that it names, whose token it is unless one `audience` is
    meant; `more` are claims that it must have too.
    """
    import jwt

    try:
        named = jwt.decode(token, options={"verify_signature": False}).get("aud")
        claims: dict[str, Any] = jwt.decode(
            token,
            public_key(key_of(named)),
            algorithms=[ALGORITHM],
            audience=audience or named,
            issuer=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": [*REQUIRED, *more]},
        )
    except jwt.ExpiredSignatureError:
        raise Unauthenticated("expired_token") from None
    except jwt.PyJWTError:
        raise Unauthenticated("bad_signature") from None
    if claims["exp"] - claims["iat"] > longest.total_seconds():
        raise Unauthenticated("bad_claims")
    return claims


@cache
def public_key(key_arn: str) -> Any:
    """Return the public half of a signing key, asked of KMS once per container."""
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    with aws.or_unavailable("keys_unavailable"):
        answer = aws.client("kms").get_public_key(KeyId=key_arn)
    return load_der_public_key(answer["PublicKey"])
