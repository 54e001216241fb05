"""What is read of volunteers."""

from services.matching.policy import POLICY
from services.matching.volunteers.commands import VolunteerQuery
from services.matching.volunteers.policy import load_authorised, shown_to
from services.matching.volunteers.repository import (
    VOLUNTEER,
    Volunteers,
    district_key,
    of_status,
)
from services.matching.volunteers.values import ROLE, VolunteerId
from services.matching.volunteers.vault_records import CONTACT, SHOWN
from services.matching.volunteers.views import VolunteerContact, VolunteerView
from shared.api.models import Paging
from shared.errors import Invalid
from shared.identity.partitions import Partition, whole_own_list
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.privacy.vault import Vault
from shared.readings.queries import note_look, page_of_readings
from shared.readings.views import ReadingView
from shared.reference import regions
from shared.storage.repository import Page
from shared.storage.rows import Index


def list_volunteers(
    query: VolunteerQuery, caller: Principal, volunteers: Volunteers
) -> Page[VolunteerView]:
    """List the volunteers of your region: all, those of a status or of a district; or yourself."""
    own = caller.role == ROLE
    if own:
        whole_own_list(query.region, status=query.status, district_id=query.district_id)
    claimed = Partition.of_person(caller) if own else Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "list", "Volunteer", claimed)
    shown = shown_to(caller, claimed.region)
    index, partition, prefix = _part(query, key, claimed.region)
    return volunteers.page(
        index,
        partition,
        lambda volunteer: VolunteerView.of_volunteer(shown(volunteer)),
        caller=caller,
        query=query,
        prefix=prefix,
    )


def _part(query: VolunteerQuery, key: str, region: str | None) -> tuple[Index, str, str]:
    if region is None:
        return "by_owner", key, VOLUNTEER
    if query.status is not None and query.district_id is not None:
        raise Invalid("one_filter_at_a_time", "district_id")
    if query.district_id is not None:
        regions.check_district(region, query.district_id, "district_id")
        return "by_district", district_key(key, query.district_id), ""
    return "by_region", key, of_status(query.status) if query.status else VOLUNTEER


def view_volunteer(
    volunteer_id: VolunteerId, caller: Principal, volunteers: Volunteers
) -> VolunteerView:
    """Show one volunteer, without its contact."""
    return VolunteerView.of_volunteer(load_authorised(volunteer_id, "view", caller, volunteers))


def view_volunteer_contact(
    volunteer_id: VolunteerId, caller: Principal, volunteers: Volunteers, vault: Vault
) -> VolunteerContact:
    """Show how a volunteer is reached; the reading is recorded first."""
    load_authorised(volunteer_id, "view_contact", caller, volunteers)
    opened = vault.open(volunteer_id, CONTACT, SHOWN, caller, "volunteer_contact")
    return VolunteerContact(volunteer_id=volunteer_id, **opened)


def list_volunteer_readings(
    volunteer_id: VolunteerId,
    query: Paging,
    caller: Principal,
    volunteers: Volunteers,
    log: AccessLog,
) -> Page[ReadingView]:
    """Read who has read what about a volunteer, the latest first; the staff's look is recorded."""
    load_authorised(volunteer_id, "list_readings", caller, volunteers)
    if caller.role != ROLE:
        note_look(volunteer_id, caller, log)
    return page_of_readings(volunteer_id, [volunteer_id], query, caller, log)
