"""Rows of work items: `WORK_ITEM#<id>`; listed by place and role, the most urgent first.

What is done is in a partition of its own, so that a list of work is as long as the work is.
"""

from datetime import timedelta

from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.values import REACH, Reach, WorkItemStatus
from shared.clock import iso
from shared.storage.list_keys import UNASSIGNED, org_key, person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

RETENTION_WHEN_DONE = timedelta(days=400)


class WorkItems(Repository[WorkItem]):
    """by_region: `REGION#<region>` or `FEDERAL#unassigned` · by_owner: what a part of it sees.

    The latter is `REGION#<region>` / `<district>#…`, `ORG#<organisation>` or `PERSON#<account>`.
    by_state: what climbed to a role, in the partition of that role.
    """

    model = WorkItem
    prefix = "WORK_ITEM"
    id_field = "item_id"

    def row(self, aggregate: WorkItem) -> Row:
        """Return the item in the lists of its place, due when it expires or is to be settled."""
        reach = REACH.get(aggregate.role, Reach.REGION)
        done = aggregate.status is WorkItemStatus.DONE
        region = _home(aggregate.role, aggregate.region)
        sort = list_prefix(aggregate.role, done) + _place(aggregate)
        lists: dict[Index, tuple[str, str]] = {"by_region": (partition_of(region, done), sort)}
        if reach is Reach.DISTRICT and aggregate.district_id:
            own = district_prefix(aggregate.district_id) + sort
            lists["by_owner"] = (partition_of(region, done), own)
        if reach is Reach.ORGANISATION and aggregate.org:
            lists["by_owner"] = (partition_of(org_key(aggregate.org), done), sort)
        if reach is Reach.ACCOUNT and aggregate.account:
            lists["by_owner"] = (partition_of(person_key(aggregate.account), done), sort)
        if aggregate.climbed_to and not done:
            above = aggregate.climbed_to
            climbed = climbed_prefix(above) + _place(aggregate)
            lists["by_state"] = (_home(above, aggregate.region), climbed)
        return self._row(
            aggregate,
            lists=lists,
            due_at=aggregate.acts_at,
            expires_at=aggregate.done_at + RETENTION_WHEN_DONE if aggregate.done_at else None,
        )


def partition_of(place: str, done: bool) -> str:
    """Return the partition of a place's open items, or of its done ones."""
    return f"{place}#done" if done else place


def district_prefix(district: str) -> str:
    """Return what the sort keys of a district's items begin with."""
    return f"{district}#"


def list_prefix(role: str, done: bool) -> str:
    """Return the sort prefix of a role's open or done items in their partition."""
    return f"{role}#{'done' if done else 'open'}#"


def climbed_prefix(role: str) -> str:
    """Return the sort prefix of what others have left undone and a role sees to."""
    return f"{role}#climbed#"


def _home(role: str, region: str) -> str:
    """Return the partition of a role that works on a region, or on all of them."""
    return UNASSIGNED if REACH.get(role) is Reach.FEDERATION else region_key(region)


def _place(item: WorkItem) -> str:
    if item.done_at is not None:
        return f"{iso(item.done_at)}#{item.item_id}"
    return f"{0 if item.urgent else 1}#{iso(item.due_at)}#{item.item_id}"
