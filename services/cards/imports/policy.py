"""A batch as the policy sees it: cards or partners on the territory of the clerk who opened it."""

from services.cards.imports.domain import Batch
from services.cards.imports.repository import Batches
from services.cards.imports.values import TableOf
from services.cards.policy import POLICY
from shared.identity.policy import Resource
from shared.principal import Principal


def resource(batch: Batch) -> Resource:
    """Return a batch as a Cedar resource."""
    clerk = batch.clerk
    if batch.kind is TableOf.SHOPS:
        return Resource(
            type="Partner",
            id=batch.id,
            region=batch.region,
            org=clerk.org,
            more={"districts": clerk.districts},
        )
    district = clerk.districts[0] if clerk.districts else ""
    more = {"on_order": False}
    return Resource(type="Card", id=batch.id, region=batch.region, district=district, more=more)


def action_on(batch: Batch) -> str:
    """Return what a caller must be allowed to do with a batch."""
    return "import_shops" if batch.kind is TableOf.SHOPS else "issue_batch"


def load_authorised(batch_id: str, principal: Principal, batches: Batches) -> Batch:
    """Return the batch when the principal may work with it."""
    batch = batches.get(batch_id)
    POLICY.require(principal, action_on(batch), resource(batch))
    return batch
