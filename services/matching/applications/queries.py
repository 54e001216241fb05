"""What is read of applications and of the contact of a guardian."""

from services.matching.applications.vault_records import open_contact
from services.matching.applications.views import GuardianContact
from services.matching.guardians.policy import load_authorised
from services.matching.guardians.repository import LIST_PREFIX, Guardians
from services.matching.guardians.values import GuardianId
from services.matching.guardians.views import GuardianView, guardian_view
from services.matching.policy import POLICY
from shared.api.models import Paging
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page


def list_applications(query: Paging, caller: Principal, guardians: Guardians) -> Page[GuardianView]:
    """List the applications that no region has yet, for the federal headquarters."""
    partition = POLICY.require_list(caller, "list", "Guardian", Partition.unassigned(caller))
    return guardians.page(
        "by_ref",
        partition,
        guardian_view,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=LIST_PREFIX,
    )


def view_guardian_contact(
    guardian_id: GuardianId, caller: Principal, guardians: Guardians, vault: Vault
) -> GuardianContact:
    """Show the person to call at a guardian; each look is audited."""
    load_authorised(guardian_id, "view_contact", caller, guardians)
    return open_contact(guardian_id, caller, "guardian_contact", vault)
