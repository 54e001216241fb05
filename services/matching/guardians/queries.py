"""What is read of guardians."""

from services.matching.guardians.commands import RegisterQuery
from services.matching.guardians.domain import Guardian
from services.matching.guardians.policy import load_authorised, shown_to
from services.matching.guardians.repository import GUARDIAN, Guardians, of_status
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
    return guardians.page_of(
        "by_region",
        partition,
        of_status(query.status) if query.status else GUARDIAN,
        lambda guardian: _matches(guardian, query),
        shown_to(caller),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
    )


def _matches(guardian: Guardian, query: RegisterQuery) -> bool:
    """Return whether the guardian gives the help that is asked for, where it is asked for."""
    offers = [c for c in guardian.capabilities if query.category in (None, c.category)]
    if query.district is None:
        return bool(offers)
    return any(each.given_in(query.district, guardian.districts) for each in offers)


def view_guardian(guardian_id: GuardianId, caller: Principal, guardians: Guardians) -> GuardianView:
    """Show one guardian, without its contact."""
    return guardian_view(load_authorised(guardian_id, "view", caller, guardians))
