"""What goes out about volunteers."""

from datetime import datetime
from typing import Self

from services.matching.guardians.values import Slot
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.values import Sector, VolunteerStatus
from shared.api.models import View


class VolunteerView(View):
    """A volunteer, without its contact."""

    volunteer_id: str
    region: str
    district_id: str
    kind: str
    sector: Sector
    large_family: bool
    skills: tuple[str, ...]
    availability: tuple[Slot, ...]
    status: VolunteerStatus
    applied_at: datetime
    open_tasks: int
    leaving_reason: str | None
    next_steps: tuple[str, ...]
    version: int

    @classmethod
    def of_volunteer(cls, volunteer: Volunteer) -> Self:
        """Show a volunteer."""
        return cls.of(volunteer, district_id=volunteer.district)


class VolunteerContact(View):
    """Who the volunteer is and how it is reached."""

    volunteer_id: str
    name: str
    channel: str | None = None
    phone: str | None = None
    address: str | None = None
