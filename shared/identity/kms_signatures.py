"""Tokens signed by a key that never leaves KMS (ES256), and the public half that checks them."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws
from shared.errors import Unavailable

ALGORITHM = "ES256"


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


@cache
def public_key(key_arn: str) -> Any:
    """Return the public half of a signing key, asked of KMS once per container."""
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        answer = aws.client("kms").get_public_key(KeyId=key_arn)
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("keys_unavailable") from error
    return load_der_public_key(answer["PublicKey"])
