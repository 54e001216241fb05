"""What a volunteer is made of."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from shared.domain import CodeEnum, KnownCodes
from shared.ids import pattern

# Of a token: who logs in as a volunteer.
ROLE = "volunteer"
VolunteerId = Annotated[str, Field(pattern=pattern("vol"))]


class VolunteerStatus(CodeEnum, of="volunteer_status"):
    """How far a volunteer has come."""

    APPLIED = "applied"
    APPROVED = "approved"
    ACTIVE = "active"
    LEFT = "left"


class VolunteerKind(KnownCodes, of="volunteer_kind"):
    """Kinds of volunteers that rules ask for."""

    FAMILY_MEMBER = "family_member"


class Sector(CodeEnum, of="donor_sector"):
    """Where help comes from: people themselves, or organisations of a sector."""

    STATE = "state"
    NGO = "ngo"
    BUSINESS = "business"
    MEDIA = "media"
    CITIZENS = "citizens"


AT_WORK = (VolunteerStatus.APPROVED, VolunteerStatus.ACTIVE)

_AT_WORK: Mapping[str, Any] = {
    "change_account": None,
    "change_availability": None,
    "correct_volunteer": None,
    "offer_task": None,
    "take_up_task": VolunteerStatus.ACTIVE,
    "settle_task": None,
    "leave": VolunteerStatus.LEFT,
}
STEPS: Mapping[VolunteerStatus, Mapping[str, Any]] = {
    VolunteerStatus.APPLIED: {
        "change_availability": None,
        "correct_volunteer": None,
        "approve": VolunteerStatus.APPROVED,
        "leave": VolunteerStatus.LEFT,
    },
    VolunteerStatus.APPROVED: _AT_WORK,
    VolunteerStatus.ACTIVE: _AT_WORK,
    VolunteerStatus.LEFT: {},
}
