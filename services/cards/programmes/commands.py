"""What a club and an authority send about the programme of their region."""

from typing import Annotated

from pydantic import Field

from services.cards.programmes.values import GRACE_DAYS, OrganisationId
from shared.api.models import Command
from shared.domain import Day, RegionCode

GraceDays = Annotated[
    int, Field(ge=0, le=365, description="how long a card outlives its placement")
]


class EditProgramme(Command):
    """All that describes a programme; it replaces what was said before.

    A changed `grace_days` goes for placements whose end is reported from now on.
    """

    club_id: OrganisationId
    authority_id: OrganisationId
    started_on: Day
    grace_days: GraceDays


class StartProgramme(EditProgramme):
    """Both parties of the joint programme of a region."""

    region: RegionCode
    grace_days: GraceDays = GRACE_DAYS
