"""What goes out about volunteers."""

from datetime import datetime
from typing import Annotated, Self

from services.matching.codes import StepCode
from services.matching.guardians.values import Slot
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.values import Sector, VolunteerStatus
from shared.api.models import View
from shared.domain import CodeOf, ContactWay


class VolunteerView(View):
    """A volunteer, without its contact."""

    volunteer_id: str
    region: str
    district_id: str
    kind: Annotated[str, CodeOf("volunteer_kind")]
    sector: Sector
    large_family: bool
    skills: tuple[Annotated[str, CodeOf("volunteer_skill")], ...]
    availability: tuple[Slot, ...]
    status: VolunteerStatus
    applied_at: datetime
    open_tasks: int
    leaving_reason: Annotated[str, CodeOf("volunteer_leaving_reason")] | None
    next_steps: tuple[StepCode, ...]
    version: int

    @classmethod
    def of_volunteer(cls, volunteer: Volunteer) -> Self:
        """Show a volunteer."""
        return cls.of(volunteer, district_id=volunteer.district)


class VolunteerContact(View):
    """Who the volunteer is and how it is reached."""

    volunteer_id: str
    name: str
    channel: ContactWay | None = None
    phone: str | None = None
    address: str | None = None
