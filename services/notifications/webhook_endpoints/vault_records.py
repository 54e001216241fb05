"""Secrets of endpoints: derived from the service's root key at each use, and stored nowhere."""

from base64 import b64encode

from shared import keyring

_SECRET = "webhook/secret"


def secret_of(endpoint_id: str, generation: int) -> str:
    """Return the 256 bits of one secret of an endpoint, as Standard Webhooks spell it."""
    bits = keyring.from_env().sign(_SECRET, f"{endpoint_id}/{generation}".encode())
    return f"whsec_{b64encode(bits).decode()}"
