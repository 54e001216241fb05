"""What comes in about a guardian."""

from typing import Annotated

from pydantic import Field

from services.matching.guardians.values import (
    Capability,
    GuardianStatus,
    Invitee,
    Ref,
)
from shared.api.models import Command, RegionQuery, Text
from shared.domain import Day, DistrictCode, RegionCode
from shared.errors import Invalid
from shared.reference import regions
from shared.reference.code_lists import Listed

MAX_FAMILIES = 100
MAX_CAPABILITIES = 30


class OfferedHelp(Command):
    """One kind of help the organisation can give."""

    category: Annotated[str, Listed("guardian_categories")]
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

    capabilities: list[OfferedHelp] = Field(min_length=1, max_length=MAX_CAPABILITIES)
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

    code: Annotated[str, Listed("guardian_check")]
    passed: bool


class OpenClarification(Command):
    """An invitation to a talk."""

    invited_role: Invitee
    question: Text


class CloseClarification(Command):
    """When the talk was held, and its result."""

    held_on: Day
    result: Annotated[str, Listed("clarification_result")]
    note: Text | None = None


class RejectGuardian(Command):
    """Why the organisation may not become a guardian."""

    reason: Annotated[str, Listed("guardian_rejection_reason")]


class AssignGuardian(Command):
    """Which region the guardian goes to."""

    region: RegionCode
    districts: list[DistrictCode] = Field(default=[], max_length=60)


class RecordTraining(Command):
    """A completed training with its certificate."""

    course: Annotated[str, Listed("training_course")]
    completed_on: Day
    certificate_ref: Ref


class HoldInterview(Command):
    """The obligatory interview and its result."""

    held_on: Day
    result: Annotated[str, Listed("interview_result")]
    reason: Annotated[str, Listed("guardian_rejection_reason")] | None = None


class HoldBriefing(Command):
    """The obligatory briefing."""

    held_on: Day


class SignParticipation(Command):
    """Which wording was signed."""

    template_version: Ref


class PauseGuardian(Command):
    """A pause; families in care must be kept explicitly."""

    reason: Annotated[str, Listed("guardian_pause_reason")]
    keep_families: bool = False


class WithdrawGuardian(Command):
    """Why the guardian leaves the programme."""

    reason: Annotated[str, Listed("guardian_withdrawal_reason")]


class RegisterQuery(RegionQuery):
    """The register of a region, narrowed to what is looked for."""

    category: Annotated[str, Listed("guardian_categories", retired=True)] | None = None
    district: DistrictCode | None = None
    status: GuardianStatus | None = None
