"""How often a network address may try links that open nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared import keyring
from shared.errors import Invalid, NotFound, RateLimited
from shared.storage.store import Store

TRIES_PER_MINUTE = 20
MINUTE = 60


@contextmanager
def counting_tries(address: str, store: Store) -> Iterator[None]:
    """Count a link that opens nothing; raises RateLimited when there were too many.

    The address is counted under a keyed hash and never kept. Links that open are not counted: a
    messenger's previews, and many people of one operator, come from the same address.
    """
    try:
        yield
    except (Invalid, NotFound):
        hashed = keyring.from_env().sign("address", address.encode())[:16].hex()
        if not store.count(f"link#{hashed}", TRIES_PER_MINUTE, MINUTE):
            raise RateLimited(retry_after=MINUTE) from None
        raise
