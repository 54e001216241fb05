"""Work items as `policy.cedar` sees them, and the part of the lists that a caller reads."""

from dataclasses import dataclass

from services.notifications.policy import POLICY
from services.notifications.work_items.commands import InboxCountsQuery
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.repository import (
    WorkItems,
    climbed_prefix,
    district_prefix,
    list_prefix,
    partition_of,
)
from services.notifications.work_items.values import COLLEAGUE, REACH, REGION_LEAD, Reach
from shared.errors import Invalid
from shared.identity.partitions import Partition, whole_own_list
from shared.identity.policy import Attribute, Resource
from shared.principal import Principal
from shared.reference import regions
from shared.storage.rows import Index

WORK_ITEM = "WorkItem"


@dataclass(frozen=True, slots=True)
class Listing:
    """Where the items are that a caller may list."""

    index: Index
    partition: str
    prefix: str


def resource(item: WorkItem) -> Resource:
    """Return a work item as a resource."""
    return Resource(
        WORK_ITEM,
        item.item_id,
        region=item.region,
        district=item.district_id,
        org=item.org,
        more=_asked(item.role, item.region, item.account, item.climbed_to),
    )


def _asked(
    role: str, region: str | None, account: str | None, climbed_to: str | None
) -> dict[str, Attribute]:
    """Return who is asked, or sees what climbed: a role, the region's lead now, one colleague."""
    lead = regions.region(region).lead if region and REGION_LEAD in (role, climbed_to) else ()
    return {"role": role, "climbed_to": climbed_to or "", "lead": lead, "account": account or ""}


def load_authorised(item_id: str, action: str, principal: Principal, items: WorkItems) -> WorkItem:
    """Load a work item, as it is shown to its caller, for an action; or NotFound or Forbidden."""
    item = items.get(item_id)
    about = resource(item)
    POLICY.require(principal, action, about)
    return item.shown_to(POLICY.may_take(principal, about, {}))


def authorised_listing(
    principal: Principal, query: InboxCountsQuery, *, done: bool = False
) -> Listing:
    """Return the caller's list, decided once on the partition built from the claims."""
    partition, role = _partition(principal, query)
    if query.climbed:
        return _climbed_listing(principal, partition, role, done)
    asked = _asked(role, partition.region, partition.person, None)
    place = POLICY.require_list(principal, "list_inbox", WORK_ITEM, partition, asked)
    part = partition.district or partition.org or partition.person
    return Listing(
        index="by_owner" if part else "by_region",
        partition=partition_of(place, done),
        prefix=(district_prefix(partition.district) if partition.district else "")
        + list_prefix(role, done),
    )


def _climbed_listing(principal: Principal, partition: Partition, role: str, done: bool) -> Listing:
    """Return the list of what others have left undone, for a role above to see that it is done."""
    asked = _asked("", partition.region, None, role)
    place = POLICY.require_list(principal, "list_inbox", WORK_ITEM, partition, asked)
    if done:
        raise Invalid("climbed_is_open", "done")
    return Listing("by_state", place, climbed_prefix(role))


def _partition(principal: Principal, query: InboxCountsQuery) -> tuple[Partition, str]:
    """Return whose list is asked for, and of which role its items are."""
    region, district = query.region, query.district_id
    if query.own:
        filters = {"lead": query.lead or None, "climbed": query.climbed or None}
        whole_own_list(region, district_id=district, **filters)
        return Partition.of_person(principal), COLLEAGUE
    return _of_role(principal, region, district), REGION_LEAD if query.lead else principal.role


def _of_role(principal: Principal, region: str | None, district: str | None) -> Partition:
    reach = REACH.get(principal.role, Reach.REGION)
    if district is not None and reach is not Reach.DISTRICT:
        raise Invalid("district_not_asked", "district_id")
    if reach in (Reach.FEDERATION, Reach.ORGANISATION):
        whole_own_list(region)
        federation = reach is Reach.FEDERATION
        return Partition.unassigned(principal) if federation else Partition.of_org(principal)
    if reach is Reach.DISTRICT and (principal.districts or district):
        return Partition.of_district(principal, district, region, pointer="district_id")
    return Partition.of_region(principal, region)
