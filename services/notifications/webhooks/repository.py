"""Rows of updates; their id follows from provider and key, so that a replay finds the first."""

import hashlib
from datetime import timedelta

from services.notifications.webhooks.domain import StoredUpdate
from shared import clock, ids
from shared.storage.repository import Repository
from shared.storage.rows import Row

# So long an update is known for a repeat; what a person said in it is kept for a week.
KEPT, WORDS_KEPT = timedelta(days=45), timedelta(days=7)


class StoredUpdates(Repository[StoredUpdate]):
    """Updates by id, for as long as a provider could repeat one."""

    model = StoredUpdate
    prefix = "PROVIDER_UPDATE"
    id_field = "update_id"

    def row(self, aggregate: StoredUpdate) -> Row:
        """Return the update's row; it is due at once while its delivery is not in the ledger."""
        expires = None if aggregate.due_at else clock.wall() + KEPT
        return self._row(aggregate, due_at=aggregate.due_at, expires_at=expires)


def id_of(provider: str, key: str) -> str:
    """Return the id of a provider's update: the same each time it is sent."""
    return ids.from_bytes("upd", hashlib.sha256(f"{provider}/{key}".encode()).digest()[:16])
