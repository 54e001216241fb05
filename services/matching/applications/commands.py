"""What comes in of an organisation that applies."""

from typing import Literal

from pydantic import Field

from services.matching.guardians.commands import Possibilities
from services.matching.guardians.values import Invitee, LegalForm, Programme, TeamKind
from shared.api.models import Line
from shared.domain import RegionCode
from shared.privacy.contact import NewContact


class ApplyAsGuardian(Possibilities):
    """An organisation asks to become a guardian."""

    title: Line
    legal_form: LegalForm
    team_kind: TeamKind
    team_size: int = Field(ge=0, le=100_000)
    region: RegionCode
    programme: Programme = Programme.SERVICE_MEMBER_CARE
    contact: NewContact
    contact_role: Invitee
    consent_processing: Literal[True]
