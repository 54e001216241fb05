"""Work items as `policy.cedar` sees them."""

from services.notifications.policy import POLICY
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.repository import WorkItems
from shared.identity.policy import Resource
from shared.principal import Principal

WORK_ITEM = "WorkItem"


def resource(item: WorkItem) -> Resource:
    """Return a work item as a resource."""
    return Resource(
        WORK_ITEM, item.item_id, region=item.region, status=item.status, more={"role": item.role}
    )


def load_authorised(item_id: str, action: str, principal: Principal, items: WorkItems) -> WorkItem:
    """Load a work item for an action; raises NotFound or Forbidden."""
    item = items.get(item_id)
    POLICY.require(principal, action, resource(item))
    return item
