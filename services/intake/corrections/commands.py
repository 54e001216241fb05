"""What is known better about a family."""

from typing import Annotated

from pydantic import Field

from services.intake.codes.values import FamilyKind
from services.intake.families.values import MAX_MEMBERS
from services.intake.requests.commands import NewMember, SensitiveGroup
from services.intake.rights.commands import ByLink
from shared.api.models import Command
from shared.domain import DistrictCode
from shared.privacy.contact import Channel, Language
from shared.reference.code_lists import Listed


class FamilyChange(Command):
    """The facts that were known wrong; what is left out stays, a list is replaced whole."""

    kind: FamilyKind | None = None
    district_id: DistrictCode | None = None
    members: list[NewMember] | None = Field(default=None, max_length=MAX_MEMBERS)
    groups: list[Annotated[str, Listed("family_group")]] | None = Field(default=None, max_length=30)
    groups_sensitive: list[SensitiveGroup] | None = Field(default=None, max_length=10)
    motivated: bool | None = None
    resource_family: bool | None = None
    language: Language | None = None
    preferred_channel: Channel | None = None
    preferred_time: Annotated[str, Listed("contact_time")] | None = None
    home_conditions: list[Annotated[str, Listed("home_condition")]] | None = Field(
        default=None, max_length=20
    )


class CorrectFamily(FamilyChange):
    """What was known wrong; the staff says why, the family itself need not."""

    reason: Annotated[str, Listed("family_correction_reason")] | None = None


class CorrectOwnFamily(FamilyChange, ByLink):
    """The family corrects what is known of it through its link."""
