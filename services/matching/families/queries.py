"""What is read of waiting families."""

from services.matching.families.repository import WAITING, Families
from services.matching.families.views import WaitingView, waiting_view
from services.matching.policy import POLICY
from shared.api.models import RegionQuery
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def list_waiting_families(
    query: RegionQuery, caller: Principal, families: Families
) -> Page[WaitingView]:
    """List the families that wait for a guardian, longest first."""
    claimed = Partition.of_region(caller, query.region)
    partition = POLICY.require_list(caller, "list", "Family", claimed)
    return families.page(
        "by_region",
        partition,
        waiting_view,
        caller=caller,
        query=query,
        prefix=WAITING,
    )
