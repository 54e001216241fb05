"""Queues, keys and parameters of AWS held in memory, with the limits that AWS has."""

import json
from types import SimpleNamespace

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.services import service_names
from shared.storage.rows import Item

SERVICES = service_names()
JOBS = "-jobs"
# What SQS and EventBridge take in one call, KMS signs, a function is asked and answers.
MAX_ENTRIES, MAX_CALL_BYTES = 10, 256 * 1024
MAX_SIGNED_BYTES, MAX_PAYLOAD_BYTES = 4096, 6 * 1024 * 1024


class FakeKms:
    """Unwraps every service's root key to 32 bytes made from its name; signs people's tokens."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    def sign(self, *, KeyId: str, Message: bytes, **_: str) -> Item:
        assert len(Message) <= MAX_SIGNED_BYTES
        return {"Signature": self._key.sign(Message, ec.ECDSA(hashes.SHA256()))}

    def get_public_key(self, *, KeyId: str) -> Item:
        public = self._key.public_key()
        return {"PublicKey": public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)}

    def decrypt(self, *, CiphertextBlob: bytes, EncryptionContext: dict[str, str]) -> Item:
        return {"Plaintext": EncryptionContext["service"].encode().ljust(32, b".")}


class MemoryParameters:
    """The encrypted parameters of the stage, by name."""

    exceptions = SimpleNamespace(ParameterNotFound=KeyError)

    def __init__(self) -> None:
        self.values: dict[str, str] = {}

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> Item:
        assert WithDecryption
        return {"Parameter": {"Value": self.values[Name]}}


class MemoryQueue:
    """The queues of all services."""

    def __init__(self) -> None:
        self.messages: dict[str, list[str]] = {
            f"{service}{jobs}": [] for service in SERVICES for jobs in ("", JOBS)
        }

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Item]) -> Item:
        assert len({entry["Id"] for entry in Entries}) == len(Entries) <= MAX_ENTRIES
        assert len(json.dumps(Entries)) <= MAX_CALL_BYTES
        self.messages[QueueUrl] += [entry["MessageBody"] for entry in Entries]
        return {"Successful": Entries, "Failed": []}
