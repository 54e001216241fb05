"""Every secret of a service, derived from one root key that KMS unwraps once per container.

Guarantees
* The environment holds the root key only as KMS ciphertext, bound to the service by its encryption
  context: the ciphertext of one service does not open in another.
* A child key depends on its name alone, so keys for different uses never meet, and none is stored.
* KMS is asked at the first use in a container, never at import; when it does not answer the caller
  gets Unavailable, and nothing falls back to another key.

HKDF is RFC 5869 over the standard library, so paths that only sign do not import `cryptography`.
"""

import hmac
import os
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from shared.errors import Unavailable

ROOT_BYTES = 32


class Secrets:
    """The root key, unwrapped at first use, and the children derived from it."""

    def __init__(self, service: str, unwrap: Callable[[], bytes]) -> None:
        self.service = service
        self._unwrap = unwrap
        self._root: bytes | None = None
        self._children: dict[tuple[str, int], bytes] = {}

    def child(self, name: str, length: int = 32) -> bytes:
        """The key of that name; the same in every container of the service."""
        found = self._children.get((name, length))
        if found is None:
            if self._root is None:
                self._root = self._unwrap()
            info = f"ryadom|{self.service}|{name}".encode()
            found = self._children[name, length] = hkdf(self._root, info, length)
        return found

    def sign(self, name: str, message: bytes) -> bytes:
        """HMAC-SHA256 of a message under the child of that name."""
        return hmac.digest(self.child(name), message, "sha256")


def hkdf(key: bytes, info: bytes, length: int, salt: bytes = b"") -> bytes:
    """HKDF-SHA256 (RFC 5869)."""
    pseudorandom = hmac.digest(salt or bytes(32), key, "sha256")
    block, output, counter = b"", b"", 1
    while len(output) < length:
        block = hmac.digest(pseudorandom, block + info + bytes([counter]), "sha256")
        output += block
        counter += 1
    return output[:length]


@lru_cache(maxsize=1)
def from_env() -> Secrets:
    """The secrets of the service this container runs (SERVICE, ROOT_KEY)."""
    service = os.environ["SERVICE"]
    return Secrets(service, lambda: _unwrap(service))


def new_root_key(kms: Any, key_id: str, service: str) -> str:
    """A fresh root key as the text of ROOT_KEY; the plain key never leaves KMS."""
    answer = kms.generate_data_key_without_plaintext(
        KeyId=key_id, NumberOfBytes=ROOT_BYTES, EncryptionContext={"service": service}
    )
    return b64encode(answer["CiphertextBlob"]).decode()


def unwrap_root_key(kms: Any, root_key: str, service: str) -> bytes:
    """The plain root key behind the text of ROOT_KEY."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = kms.decrypt(
            CiphertextBlob=b64decode(root_key), EncryptionContext={"service": service}
        )
    except (BotoCoreError, ClientError) as error:
        raise Unavailable("keys_unavailable") from error
    plain: bytes = answer["Plaintext"]
    if len(plain) != ROOT_BYTES:
        raise Unavailable("keys_unavailable")
    return plain


def _unwrap(service: str) -> bytes:
    from shared import aws

    return unwrap_root_key(aws.client("kms"), os.environ["ROOT_KEY"], service)
