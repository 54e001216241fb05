"""The signing algorithm ES256 of PyJWT, whose private key never leaves KMS."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from jwt.algorithms import ECAlgorithm
from jwt.utils import der_to_raw_signature


class SignedByKms(ECAlgorithm):
    """ES256 whose private key never leaves KMS; the key it is given is the key's name."""

    def __init__(self, kms: Any) -> None:
        super().__init__(ECAlgorithm.SHA256)
        self._kms = kms

    def prepare_key(self, key: Any) -> Any:
        return key

    def check_key_length(self, key: Any) -> str | None:
        return None

    def sign(self, msg: bytes, key: Any) -> bytes:
        answer = self._kms.sign(
            KeyId=key, Message=msg, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
        )
        return der_to_raw_signature(answer["Signature"], SECP256R1())
