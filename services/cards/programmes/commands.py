"""What a club and an authority send about the programme of their region."""

from pydantic import Field

from services.cards.programmes.values import GRACE_DAYS, OrganisationId
from shared.api.models import Command
from shared.domain import Day, RegionCode


class StartProgramme(Command):
    """Both parties of the joint programme."""

    region: RegionCode
    club_id: OrganisationId
    authority_id: OrganisationId
    started_on: Day
    grace_days: int = Field(
        default=GRACE_DAYS, ge=0, le=365, description="how long a card outlives its placement"
    )
