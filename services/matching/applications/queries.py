"""What is read of applications and of the contact of a guardian."""

from datetime import timedelta

from services.matching.applications.commands import QueueQuery
from services.matching.applications.vault_records import open_contact
from services.matching.applications.views import ApplicationView, GuardianContact
from services.matching.guardians.policy import load_authorised, shown_to
from services.matching.guardians.repository import (
    OPEN,
    Guardians,
    application_of_status,
    applied_for,
)
from services.matching.guardians.values import GuardianId, GuardianStatus
from services.matching.guardians.views import GuardianView, guardian_view
from services.matching.policy import POLICY
from shared import clock
from shared.api.models import Paging
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.privacy.vault import Vault
from shared.readings.queries import note_look, page_of_readings
from shared.readings.views import ReadingView
from shared.storage.repository import Page

TICK = timedelta(milliseconds=1)
# As the queue has them one after the other.
UNDECIDED = sorted(
    {GuardianStatus.APPLIED, GuardianStatus.IN_VETTING}
    | {GuardianStatus.CLARIFICATION, GuardianStatus.APPROVED}
)


def list_applications(
    query: QueueQuery, caller: Principal, guardians: Guardians
) -> Page[GuardianView]:
    """List the applications that no region has yet, oldest first within a status."""
    partition = POLICY.require_list(caller, "list", "Guardian", Partition.unassigned(caller))
    parts, until = [application_of_status(query.status)] if query.status else [OPEN], ""
    if query.older_than_days:
        until = clock.iso(clock.now() - timedelta(days=query.older_than_days) + TICK)
        parts = parts if query.status else [application_of_status(each) for each in UNDECIDED]
    asked = partition if query.region is None else applied_for(query.region)
    page = guardians.queue(asked, parts, until, caller=caller, query=query)
    shown = shown_to(caller, guardians.repeated(page.items))
    items = [guardian_view(shown(each)) for each in page.items]
    return Page[GuardianView](items=items, next_cursor=page.next_cursor)


def view_application(
    guardian_id: GuardianId, caller: Principal, guardians: Guardians
) -> ApplicationView:
    """Show how far an application is, to the headquarters or portal that has handed it in."""
    return ApplicationView.of(load_authorised(guardian_id, "view_application", caller, guardians))


def view_guardian_contact(
    guardian_id: GuardianId, caller: Principal, guardians: Guardians, vault: Vault
) -> GuardianContact:
    """Show the person to call at a guardian; each look is audited."""
    load_authorised(guardian_id, "view_contact", caller, guardians)
    return open_contact(guardian_id, caller, "guardian_contact", vault)


def list_guardian_readings(
    guardian_id: GuardianId,
    query: Paging,
    caller: Principal,
    guardians: Guardians,
    log: AccessLog,
) -> Page[ReadingView]:
    """Read who has read what about a guardian's people, the latest first.

    The staff's look is recorded.
    """
    load_authorised(guardian_id, "list_readings", caller, guardians)
    if caller.org != guardian_id:
        note_look(guardian_id, caller, log)
    return page_of_readings(guardian_id, [guardian_id], query, caller, log)
