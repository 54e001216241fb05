"""Where volunteers are kept: `VOLUNTEER#<id>`.

by_region:   REGION#<region> / VOLUNTEER#<status>#<applied at>#<id>
by_district: REGION#<region>#<district>#VOLUNTEERS / <applied at>#<id>, until it leaves
by_owner:    PERSON#<account> / VOLUNTEER#<id>, its own

`UNIQUE#VOLUNTEER#<region>#<blind index>` belongs to the one volunteer of a name and contact.
"""

from typing import ClassVar

from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.values import AT_WORK, VolunteerStatus
from shared import clock
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row, UniqueName

VOLUNTEER = "VOLUNTEER#"


class Volunteers(Repository[Volunteer]):
    """The volunteers of all regions."""

    model: ClassVar[type[Volunteer]] = Volunteer
    prefix: ClassVar[str] = "VOLUNTEER"
    id_field: ClassVar[str] = "volunteer_id"

    def row(self, volunteer: Volunteer) -> Row:
        """Return a volunteer with the lists of its region, its district and its account."""
        since = f"{clock.iso(volunteer.applied_at)}#{volunteer.volunteer_id}"
        region = region_key(volunteer.region)
        lists: dict[Index, tuple[str, str]] = {
            "by_region": (region, f"{of_status(volunteer.status)}{since}")
        }
        if volunteer.status is not VolunteerStatus.LEFT:
            lists["by_district"] = (district_key(region, volunteer.district), since)
        if volunteer.account is not None:
            own = of_volunteer(volunteer.volunteer_id)
            lists["by_owner"] = (person_key(volunteer.account), own)
        return self._row(volunteer, lists=lists)

    def of_account(self, partition: str) -> list[Volunteer]:
        """Return the volunteers that log in under the account of a partition, mostly one."""
        return self.list_all("by_owner", partition, prefix=VOLUNTEER)

    def at_work(self, partition: str) -> list[Volunteer]:
        """Return every volunteer of a region's partition that may be given a task, each once."""
        found = (
            volunteer
            for status in AT_WORK
            for volunteer in self.list_all("by_region", partition, prefix=of_status(status))
        )
        return list({each.volunteer_id: each for each in found}.values())


def person_name(volunteer: Volunteer) -> UniqueName:
    """Return the name that a person holds in the network of a region until it leaves."""
    name = f"VOLUNTEER#{volunteer.region}#{volunteer.person_index}"
    return UniqueName(name, volunteer.volunteer_id)


def of_status(status: VolunteerStatus) -> str:
    """Return where the region's list has the volunteers of a status."""
    return f"{VOLUNTEER}{status.value}#"


def of_volunteer(volunteer_id: str) -> str:
    """Return the list of what belongs to a volunteer, whichever account it has."""
    return f"{VOLUNTEER}{volunteer_id}"


def district_key(region: str, district: str) -> str:
    """Return the list of the volunteers of a district."""
    return f"{region}#{district}#VOLUNTEERS"
