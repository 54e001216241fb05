"""A batch as the policy sees it: cards on the territory of the clerk who opened it."""

from services.cards.imports.domain import Batch
from services.cards.imports.repository import Batches
from services.cards.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def resource(batch: Batch) -> Resource:
    """Return a batch as a Cedar resource."""
    return _cards(batch.id, batch.region, batch.clerk.districts)


def new_batch(region: str, districts: tuple[str, ...]) -> Resource:
    """Return a batch that is about to be opened as a Cedar resource."""
    return _cards("new", region, districts)


def load_authorised(batch_id: str, action: str, principal: Principal, batches: Batches) -> Batch:
    """Return the batch when the principal may do this to it."""
    batch = batches.get(batch_id)
    POLICY.require(principal, action, resource(batch))
    return batch


def _cards(identifier: str, region: str, districts: tuple[str, ...]) -> Resource:
    district = districts[0] if districts else ""
    more = {"on_order": False}
    return Resource(type="Card", id=identifier, region=region, district=district, more=more)
