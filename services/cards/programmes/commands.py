"""What a club and an authority send about the programme of their region."""

from services.cards.programmes.values import OrganisationId
from shared.api.models import Command
from shared.domain import Day, RegionCode


class StartProgramme(Command):
    """Both parties of the joint programme."""

    region: RegionCode
    club_id: OrganisationId
    authority_id: OrganisationId
    started_on: Day
