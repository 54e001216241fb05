"""What is read of applications and of the contact of a guardian."""

from datetime import timedelta

from services.matching.applications.commands import QueueQuery
from services.matching.applications.vault_records import open_contact
from services.matching.applications.views import GuardianContact
from services.matching.guardians.domain import Guardian
from services.matching.guardians.policy import load_authorised, shown_to
from services.matching.guardians.repository import OPEN, Guardians, application_of_status
from services.matching.guardians.values import GuardianId
from services.matching.guardians.views import GuardianView
from services.matching.policy import POLICY
from shared import clock
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page


def list_applications(
    query: QueueQuery, caller: Principal, guardians: Guardians
) -> Page[GuardianView]:
    """List the applications that no region has yet, oldest first within a status."""
    partition = POLICY.require_list(caller, "list", "Guardian", Partition.unassigned(caller))
    came_before = clock.now() - timedelta(days=query.older_than_days or 0)

    def fits(guardian: Guardian) -> bool:
        asked = query.region in (None, guardian.requested_region)
        return asked and guardian.applied_at <= came_before

    return guardians.page_of(
        "by_ref",
        partition,
        application_of_status(query.status) if query.status else OPEN,
        fits,
        shown_to(caller),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
    )


def view_guardian_contact(
    guardian_id: GuardianId, caller: Principal, guardians: Guardians, vault: Vault
) -> GuardianContact:
    """Show the person to call at a guardian; each look is audited."""
    load_authorised(guardian_id, "view_contact", caller, guardians)
    return open_contact(guardian_id, caller, "guardian_contact", vault)
