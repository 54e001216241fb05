"""What club and authority do with the programme of their region."""

from datetime import date

from pydantic import BaseModel

from services.cards import policy
from services.cards.fields import Code, Day, Region
from services.cards.programmes.domain import Programme, Status, programme_id
from services.cards.programmes.repository import Programmes
from shared import clock
from shared.errors import IllegalStep
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt


class StartProgramme(BaseModel):
    """Both parties of the joint programme."""

    region: Region
    club_id: Code
    authority_id: Code
    started_on: Day


class ProgrammeView(BaseModel):
    """The programme of a region."""

    id: str
    region: str
    club_id: str
    authority_id: str
    started_on: date
    status: Status
    version: int


def start_programme(
    body: StartProgramme, context: CommandContext, programmes: Programmes
) -> Receipt:
    """Club and authority start the card in their region."""
    regions.region(body.region)
    policy.POLICY.require_create(context.actor, "start_programme", policy.programme(body.region))
    if programmes.find(programme_id(body.region)) is not None:
        raise IllegalStep("programme_exists")
    today = calendar.local_date(regions.zone(body.region), clock.now())
    programme = Programme.start(
        body.region, body.club_id, body.authority_id, body.started_on, today
    )
    return programmes.save(context, programme)


def close_programme(region: str, context: CommandContext, programmes: Programmes) -> Receipt:
    """No further cards are issued in the region."""
    policy.POLICY.require(context.actor, "close_programme", policy.programme(region))
    return programmes.save(context, programmes.of_region(region).close())


def show_programme(region: str, caller: Principal, programmes: Programmes) -> ProgrammeView:
    """The programme of a region of the caller's."""
    policy.POLICY.require(caller, "view", policy.programme(region))
    return ProgrammeView.model_validate(programmes.of_region(region).model_dump())
