"""Tokens signed by a key that never leaves KMS (ES256), and the public half that checks them."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from jwt.algorithms import ECAlgorithm
from jwt.api_jws import PyJWS
from jwt.utils import der_to_raw_signature

from shared import aws
from shared.errors import Unavailable

ALGORITHM = "ES256"


def encode(kms: Any, key_arn: str, kind: str, claims: Mapping[str, Any]) -> str:
    """Return the token of these claims; `kind` is the `typ` of its header."""
    jws = PyJWS(algorithms=[])
    jws.register_algorithm(ALGORITHM, _SignedByKms(kms))
    return jws.encode(
        json.dumps(claims).encode(), key_arn, algorithm=ALGORITHM, headers={"typ": kind}
    )


class _SignedByKms(ECAlgorithm):
    """ES256 whose private key never leaves KMS; the key it is given is the key's name."""

    def __init__(self, kms: Any) -> None:
        super().__init__(ECAlgorithm.SHA256)
        self._kms = kms

    def prepare_key(self, key: Any) -> Any:
        return key

    def check_key_length(self, key: Any) -> str | None:
        return None

    def sign(self, msg: bytes, key: Any) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1

        answer = self._kms.sign(
            KeyId=key, Message=msg, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
        )
        return der_to_raw_signature(answer["Signature"], SECP256R1())


@cache
def public_key(key_arn: str) -> Any:
    """Return the public half of a signing key, asked of KMS once per container."""
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        answer = aws.client("kms").get_public_key(KeyId=key_arn)
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("keys_unavailable") from error
    return load_der_public_key(answer["PublicKey"])
