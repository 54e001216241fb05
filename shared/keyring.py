"""Every secret of a service, derived from one root key that KMS unwraps once per container.

Guarantees
* The environment holds the root key only as KMS ciphertext, bound to the service by its encryption
  context: the ciphertext of one service does not open in another.
* A child key depends on its name alone, so keys for different uses never meet, and none is stored.
* KMS is asked at the first use in a container, never at import; when it does not answer the caller
  gets Unavailable, and nothing falls back to another key.

A child is one block of HKDF-SHA256 (RFC 5869) by the standard library, so paths that only sign do
not import `cryptography`.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from secrets import token_bytes
from typing import Any

from shared import aws, settings

NONCE = 12


class Secrets:
    """The root key, unwrapped at first use, and the children derived from it."""

    def __init__(self, service: str, unwrap: Callable[[], bytes]) -> None:
        self.service = service
        self._unwrap = unwrap
        # Their names are the code's own, so there are few.
        self.child = cache(self._child)
        self._keyed = cache(self._keyed_hash)

    @cached_property
    def _extracted(self) -> bytes:
        return hmac.digest(bytes(32), self._unwrap(), "sha256")

    def _child(self, name: str) -> bytes:
        """Return the key of that name, 32 bytes; the same in every container of the service."""
        info = f"ryadom|{self.service}|{name}".encode()
        return hmac.digest(self._extracted, info + b"\x01", "sha256")

    def _keyed_hash(self, name: str) -> hmac.HMAC:
        return hmac.new(self.child(name), digestmod="sha256")

    def sign(self, name: str, message: bytes) -> bytes:
        """HMAC-SHA256 of a message under the child of that name."""
        signing = self._keyed(name).copy()
        signing.update(message)
        return signing.digest()

    def mark(self, name: str, *parts: object) -> bytes:
        """Return the same bytes for the same parts, and other ones for any other list of parts."""
        # Each carries its length, so that no two lists read the same.
        text = "".join(f"{len(part)}:{part}" for part in map(str, parts))
        return self.sign(name, text.encode())


def seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Encrypt under a key (AES-256-GCM); it opens only beside what it is bound to."""
    (sealed,) = seal_each(key, [(plain, bound_to)])
    return sealed


def seal_each(key: bytes, parts: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    """Encrypt several texts under a key, each beside what it is bound to."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher, random = AESGCM(key), token_bytes(NONCE * len(parts))
    nonces = [random[start : start + NONCE] for start in range(0, len(random), NONCE)]
    return [
        nonce + cipher.encrypt(nonce, plain, bound_to)
        for nonce, (plain, bound_to) in zip(nonces, parts, strict=True)
    ]


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    """Return what was sealed; raises InvalidTag when it was changed or bound to something else."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound_to)


@cache
def from_env() -> Secrets:
    """Return the secrets of the service this container runs (SERVICE, ROOT_KEY)."""
    service, root_key = settings.service.required(), settings.root_key()
    return Secrets(service, lambda: unwrap_root_key(aws.client("kms"), root_key, service))


def new_root_key(kms: Any, key_id: str, service: str) -> str:
    """Return a fresh root key as the text of ROOT_KEY; the plain key never leaves KMS."""
    answer = kms.generate_data_key_without_plaintext(
        KeyId=key_id, NumberOfBytes=32, EncryptionContext={"service": service}
    )
    return b64encode(answer["CiphertextBlob"]).decode()


def unwrap_root_key(kms: Any, root_key: str, service: str) -> bytes:
    """Return the plain root key behind the text of ROOT_KEY."""
    with aws.or_unavailable("keys_unavailable"):
        answer = kms.decrypt(
            CiphertextBlob=b64decode(root_key), EncryptionContext={"service": service}
        )
    plain: bytes = answer["Plaintext"]
    return plain
