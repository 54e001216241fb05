"""A list of codes belongs to the person who sent the table."""

from services.cards.imports import policy
from services.cards.imports.domain import Batch
from services.cards.imports.repository import Batches
from shared.errors import NotFound
from shared.principal import Principal


def load_own_batch(batch_id: str, principal: Principal, batches: Batches) -> Batch:
    """Return the table that the principal sent, and still may work with."""
    batch = policy.load_authorised(batch_id, principal, batches)
    if batch.clerk.id != principal.id:
        raise NotFound("batch")
    return batch
