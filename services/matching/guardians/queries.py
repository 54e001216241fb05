"""What is read of guardians."""

from services.matching.guardians.commands import RegisterQuery
from services.matching.guardians.domain import Guardian
from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import Guardians
from services.matching.guardians.values import GuardianId
from services.matching.guardians.views import GuardianView, guardian_view
from services.matching.policy import POLICY
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.repository import Page


def list_guardians(
    query: RegisterQuery, caller: Principal, guardians: Guardians
) -> Page[GuardianView]:
    """List the register of a region, by kind of help, district and status."""
    partition = POLICY.require_list(
        caller, "list", "Guardian", Partition.of_region(caller, query.region)
    )
    found = [each for each in guardians.of_region(partition) if _matches(each, query)]
    return Page[GuardianView](items=[guardian_view(each) for each in found])


def _matches(guardian: Guardian, query: RegisterQuery) -> bool:
    if query.status is not None and guardian.status is not query.status:
        return False
    offers = [c for c in guardian.capabilities if query.category in (None, c.category)]
    served = [c for c in offers if query.district in (None, *(c.districts or guardian.districts))]
    return bool(served)


def view_guardian(guardian_id: GuardianId, caller: Principal, guardians: Guardians) -> GuardianView:
    """Show one guardian, without its contact."""
    return guardian_view(load_authorised(guardian_id, "view", caller, guardians))
