"""What comes in about volunteers."""

from collections.abc import Container
from typing import Annotated, Literal

from pydantic import Field

from services.matching.guardians.commands import FreeTime
from services.matching.guardians.values import Slot
from services.matching.volunteers.values import Sector, VolunteerKind, VolunteerStatus
from shared.api.models import Command, RegionQuery
from shared.domain import DistrictCode, RegionCode, UserId
from shared.errors import Invalid
from shared.privacy.contact import NewContact
from shared.reference import code_lists
from shared.reference.code_lists import Listed

MOST_SKILLS, MOST_SLOTS = 20, 21


class Availability(Command):
    """What a volunteer can do, where and when."""

    district_id: DistrictCode
    skills: list[Annotated[str, Listed("volunteer_skill", retired=True)]] = Field(
        min_length=1, max_length=MOST_SKILLS
    )
    availability: list[FreeTime] = Field(default=[], max_length=MOST_SLOTS)

    def check_new(self, kept: Container[str] = ()) -> None:
        """Refuse a retired skill, unless it is among those that the volunteer keeps."""
        for place, skill in enumerate(self.skills):
            if skill not in kept:
                code_lists.check("volunteer_skill", skill, f"/skills/{place}")

    def known_skills(self) -> tuple[str, ...]:
        """Return the skills, each once."""
        return tuple(sorted(set(self.skills)))

    def slots(self) -> tuple[Slot, ...]:
        """Return the times, each once."""
        times = {(each.day, each.part) for each in self.availability}
        return tuple(Slot(day=day, part=part) for day, part in sorted(times))


class VolunteerDescription(Command):
    """What a volunteer is; `large_family` says that a person is a member of a large family."""

    kind: Annotated[str, Listed("volunteer_kind", retired=True)]
    sector: Sector
    large_family: bool

    def check_sector(self) -> None:
        """Refuse an organisation that is said to be of a family."""
        of_family = self.large_family or self.kind == VolunteerKind.FAMILY_MEMBER
        if of_family and self.sector is not Sector.CITIZENS:
            raise Invalid("organisation_is_no_family_member", "/sector")


class RegisterVolunteer(Availability, VolunteerDescription):
    """A person wants to help, or an organisation, which is registered with its contact person."""

    region: RegionCode
    kind: Annotated[str, Listed("volunteer_kind")]
    sector: Sector = Sector.CITIZENS
    large_family: bool = False
    contact: NewContact
    consent_processing: Literal[True]


class VolunteerAccount(Command):
    """Under which account the volunteer logs in, when it has one."""

    account: UserId | None = None


class LeaveVolunteers(Command):
    """Why a volunteer takes no part any more."""

    reason: Annotated[str, Listed("volunteer_leaving_reason")]


class VolunteerQuery(RegionQuery):
    """At most one of status and district_id chooses among the region's volunteers."""

    status: VolunteerStatus | None = None
    district_id: DistrictCode | None = None
