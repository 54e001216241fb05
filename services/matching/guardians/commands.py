"""What comes in about a guardian."""

from typing import Literal

from pydantic import Field

from services.matching.guardians.values import (
    Capability,
    Category,
    GuardianStatus,
    Invitee,
    Ref,
)
from shared.api.models import Command, RegionQuery, Text
from shared.domain import Code, Day, DistrictCode, RegionCode
from shared.errors import Invalid
from shared.reference import regions

MAX_FAMILIES = 100


class OfferedHelp(Command):
    """One kind of help the organisation can give."""

    category: Category
    districts: list[DistrictCode] = Field(default=[], max_length=60)
    max_families: int | None = Field(default=None, ge=1, le=MAX_FAMILIES)

    def capability(self) -> Capability:
        """Return the same as a value of the guardian."""
        return Capability(
            category=self.category,
            districts=tuple(self.districts),
            max_families=self.max_families,
        )


class Possibilities(Command):
    """What the organisation can do, where, and for how many families at a time."""

    capabilities: list[OfferedHelp] = Field(min_length=1, max_length=len(Category))
    districts: list[DistrictCode] = Field(default=[], max_length=60)
    capacity_families: int = Field(default=1, ge=1, le=MAX_FAMILIES)

    def offered(self) -> tuple[Capability, ...]:
        """Return the capabilities as values of the guardian; each kind of help once."""
        if len({offer.category for offer in self.capabilities}) < len(self.capabilities):
            raise Invalid("category_repeated", "/capabilities")
        return tuple(offer.capability() for offer in self.capabilities)

    def check_districts(self, region: str) -> None:
        """Refuse a district that is not one of the region's."""
        check_districts(self.districts, region, "/districts")
        for number, offer in enumerate(self.capabilities):
            check_districts(offer.districts, region, f"/capabilities/{number}/districts")


def check_districts(districts: list[str], region: str, pointer: str) -> None:
    """Refuse a district that is not one of the region's; `pointer` leads to the list."""
    for place, district in enumerate(districts):
        regions.check_district(region, district, f"{pointer}/{place}")


class RecordCheck(Command):
    """One check of the vetting."""

    code: Code
    passed: bool


class OpenClarification(Command):
    """An invitation to a talk."""

    invited_role: Invitee
    question: Text


class CloseClarification(Command):
    """When the talk was held, and its result."""

    held_on: Day
    result: Code
    note: Text | None = None


class Reason(Command):
    """A decision that needs a reason code."""

    reason: Code


class AssignGuardian(Command):
    """Which region the guardian goes to."""

    region: RegionCode
    districts: list[DistrictCode] = Field(default=[], max_length=60)


class RecordTraining(Command):
    """A completed training with its certificate."""

    course: Code
    completed_on: Day
    certificate_ref: Ref


class HoldInterview(Command):
    """The obligatory interview and its result."""

    held_on: Day
    result: Literal["passed", "failed"]
    reason: Code | None = None


class HoldBriefing(Command):
    """The obligatory briefing."""

    held_on: Day


class SignParticipation(Command):
    """Which wording was signed."""

    template_version: Ref


class PauseGuardian(Reason):
    """A pause; families in care must be kept explicitly."""

    keep_families: bool = False


class RegisterQuery(RegionQuery):
    """The register of a region, narrowed to what is looked for."""

    category: Category | None = None
    district: DistrictCode | None = None
    status: GuardianStatus | None = None
