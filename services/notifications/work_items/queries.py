"""The work inbox: what staff should do next."""

from services.notifications.policy import POLICY
from services.notifications.templates.repository import Templates
from services.notifications.work_items.commands import InboxQuery
from services.notifications.work_items.policy import WORK_ITEM
from services.notifications.work_items.repository import FEDERAL_ROLES, WorkItems, list_prefix
from services.notifications.work_items.views import WorkItemView, item_view
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def list_inbox(
    query: InboxQuery, caller: Principal, items: WorkItems, templates: Templates
) -> Page[WorkItemView]:
    """Show what your role should do next."""
    federal = caller.role in FEDERAL_ROLES
    partition = (
        Partition.unassigned(caller) if federal else Partition.of_region(caller, query.region)
    )
    return items.page(
        "by_region",
        POLICY.require_list(caller, "list_inbox", WORK_ITEM, partition),
        lambda item: item_view(item, templates),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=list_prefix(caller.role, query.done),
        newest_first=True,
    )
