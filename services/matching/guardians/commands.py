"""What people ask of a guardian's record."""

from typing import Literal

from pydantic import Field

from services.matching.forms import (
    Code,
    Day,
    DistrictCode,
    Form,
    Line,
    Paging,
    Ref,
    RegionCode,
    Text,
)
from services.matching.guardians.values import Capability, GuardianStatus
from services.matching.words import Category, Invitee, LegalForm, Programme, TeamKind
from shared.errors import Invalid
from shared.privacy.contact import Contact
from shared.reference import regions

MAX_FAMILIES = 100


class OfferedHelp(Form):
    """One kind of help the organisation can give."""

    category: Category
    districts: list[DistrictCode] = Field(default=[], max_length=60)
    max_families: int | None = Field(default=None, ge=1, le=MAX_FAMILIES)

    def capability(self) -> Capability:
        """The same as a fact of the guardian."""
        return Capability(
            category=self.category,
            districts=tuple(self.districts),
            max_families=self.max_families,
        )


class Possibilities(Form):
    """What the organisation can do, where, and for how many families at a time."""

    capabilities: list[OfferedHelp] = Field(min_length=1, max_length=len(Category))
    districts: list[DistrictCode] = Field(default=[], max_length=60)
    capacity_families: int = Field(default=1, ge=1, le=MAX_FAMILIES)

    def facts(self) -> tuple[Capability, ...]:
        """The capabilities; each kind of help once."""
        if len({offer.category for offer in self.capabilities}) < len(self.capabilities):
            raise Invalid("category_repeated", "/capabilities")
        return tuple(offer.capability() for offer in self.capabilities)

    def check_districts(self, region: str) -> None:
        """Every district is one of the region's."""
        for place, district in enumerate(self.districts):
            regions.check_district(region, district, f"/districts/{place}")
        for number, offer in enumerate(self.capabilities):
            for place, district in enumerate(offer.districts):
                pointer = f"/capabilities/{number}/districts/{place}"
                regions.check_district(region, district, pointer)


class ApplyAsGuardian(Possibilities):
    """An organisation asks to become a guardian."""

    title: Line
    legal_form: LegalForm
    team_kind: TeamKind
    team_size: int = Field(ge=0, le=100_000)
    region: RegionCode
    programme: Programme = Programme.SERVICE_MEMBER_CARE
    contact: Contact
    contact_role: Invitee
    consent_processing: Literal[True]


class RecordCheck(Form):
    """One check of the vetting."""

    code: Code
    passed: bool


class OpenClarification(Form):
    """An invitation to a talk."""

    invited_role: Invitee
    question: Text


class CloseClarification(Form):
    """What came of the talk."""

    held_on: Day
    result: Code
    note: Text | None = None


class Reason(Form):
    """A decision that needs a reason code."""

    reason: Code


class AssignGuardian(Form):
    """Which region the guardian goes to."""

    region: RegionCode
    districts: list[DistrictCode] = Field(default=[], max_length=60)


class RecordTraining(Form):
    """A completed training with its certificate."""

    course: Code
    completed_on: Day
    certificate_ref: Ref


class HoldInterview(Form):
    """The obligatory interview and its result."""

    held_on: Day
    result: Literal["passed", "failed"]
    reason: Code | None = None


class HoldBriefing(Form):
    """The obligatory briefing."""

    held_on: Day


class SignParticipation(Form):
    """Which wording was signed."""

    template_version: Ref


class PauseGuardian(Reason):
    """A pause; families in care must be kept explicitly."""

    keep_families: bool = False


class RegisterQuery(Paging):
    """The register of a region, narrowed to what one looks for."""

    region: RegionCode | None = None
    category: Category | None = None
    district: DistrictCode | None = None
    status: GuardianStatus | None = None
