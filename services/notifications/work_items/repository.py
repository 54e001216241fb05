"""Rows of work items: `WORK_ITEM#<id>`; listed by region, role and whether they are done."""

from datetime import timedelta

from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.values import WorkItemStatus
from shared.clock import iso
from shared.storage.list_keys import UNASSIGNED, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

FEDERAL_ROLES = frozenset({"federal_hq", "operations"})
RETENTION_WHEN_DONE = timedelta(days=400)


class WorkItems(Repository[WorkItem]):
    """by_region: `REGION#<region>` or, for federal roles, `FEDERAL#unassigned`."""

    model = WorkItem
    prefix = "WORK_ITEM"
    id_field = "item_id"

    def row(self, aggregate: WorkItem) -> Row:
        """Return the item in its role's list of open or of done items."""
        partition = UNASSIGNED if aggregate.role in FEDERAL_ROLES else region_key(aggregate.region)
        done = aggregate.status is WorkItemStatus.DONE
        sort = f"{iso(aggregate.created_at)}#{aggregate.item_id}"
        return self._row(
            aggregate,
            lists={"by_region": (partition, list_prefix(aggregate.role, done) + sort)},
            expires_at=aggregate.done_at + RETENTION_WHEN_DONE if aggregate.done_at else None,
        )


def list_prefix(role: str, done: bool) -> str:
    """Return the sort prefix of a role's open or done items in their partition."""
    return f"{role}#{'done' if done else 'open'}#"
