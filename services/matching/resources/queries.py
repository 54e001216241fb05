"""What is read of offered resources."""

from services.matching.policy import POLICY
from services.matching.resources.commands import ResourceQuery
from services.matching.resources.policy import load_authorised, offered
from services.matching.resources.repository import (
    OPEN,
    OVER,
    RESERVATION,
    RESOURCE,
    OfferedResources,
    Reservations,
    of_resource,
)
from services.matching.resources.values import ResourceId
from services.matching.resources.views import ReservationView, ResourceView
from shared.api.models import Paging
from shared.identity.partitions import Partition, whole_own_list
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.storage.repository import Page
from shared.storage.rows import Index

GIVERS = ("provider_rep", "partner_manager")


def list_resources(
    query: ResourceQuery, caller: Principal, resources: OfferedResources
) -> Page[ResourceView]:
    """List what is left for the families of your region, or is not; a giver lists its own."""
    own = caller.role in GIVERS
    if own:
        whole_own_list(query.region, category=query.category, over=query.over or None)
    claimed = Partition.of_org(caller) if own else Partition.of_region(caller, query.region)
    index: Index = "by_owner" if own else "by_region"
    key = POLICY.require_list(caller, "list", "Resource", claimed)
    any_row = Resource("Resource", key, region=claimed.region, org=claimed.org)
    may = POLICY.may_take(caller, any_row, {})
    part = OVER if query.over else OPEN
    kind = f"{part}{query.category}#" if query.category else part
    return resources.page(
        index,
        key,
        lambda found: ResourceView.of_offer(offered(found, may)),
        caller=caller,
        query=query,
        prefix=RESOURCE if own else kind,
    )


def view_resource(
    resource_id: ResourceId, caller: Principal, resources: OfferedResources
) -> ResourceView:
    """Show one offer."""
    return ResourceView.of_offer(load_authorised(resource_id, "view", caller, resources))


def list_reservations(
    resource_id: ResourceId,
    query: Paging,
    caller: Principal,
    resources: OfferedResources,
    reservations: Reservations,
) -> Page[ReservationView]:
    """List what of an offer is kept for which need, newest first."""
    load_authorised(resource_id, "list_reservations", caller, resources)
    return reservations.page(
        "by_ref",
        of_resource(resource_id),
        ReservationView.of,
        caller=caller,
        query=query,
        prefix=RESERVATION,
        newest_first=True,
    )
