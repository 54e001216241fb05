"""What a club and an authority do with the programme of their region."""

from services.cards.policy import POLICY
from services.cards.programmes.commands import EditProgramme, StartProgramme
from services.cards.programmes.domain import Programme, programme_id
from services.cards.programmes.policy import load_authorised, resource
from services.cards.programmes.repository import Programmes
from shared import clock
from shared.domain import RegionCode
from shared.errors import IllegalStep
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt


def start_programme(
    body: StartProgramme, context: CommandContext, programmes: Programmes
) -> Receipt:
    """Start the card programme of a region."""
    POLICY.require_create(context.actor, "start_programme", resource(body.region))
    if known := programmes.find(programme_id(body.region)):
        known.require_running()
        raise IllegalStep("programme_exists")
    today = calendar.local_date(regions.zone(body.region), clock.now())
    programme = Programme.start(
        body.region, body.club_id, body.authority_id, body.started_on, today, body.grace_days
    )
    return programmes.save(context, programme)


def edit_programme(
    region: RegionCode, body: EditProgramme, context: CommandContext, programmes: Programmes
) -> Receipt:
    """Correct who runs the programme, since when, and how long a card outlives its placement."""
    programme = load_authorised(region, "edit_programme", context.actor, programmes)
    today = calendar.local_date(regions.zone(region), clock.now())
    edited = programme.edit(
        body.club_id, body.authority_id, body.started_on, today, body.grace_days
    )
    return programmes.save(context, edited)


def close_programme(region: RegionCode, context: CommandContext, programmes: Programmes) -> Receipt:
    """End the programme: no further cards are issued."""
    programme = load_authorised(region, "close_programme", context.actor, programmes)
    return programmes.save(context, programme.close())


def reopen_programme(
    region: RegionCode, context: CommandContext, programmes: Programmes
) -> Receipt:
    """Open a closed programme again: cards are issued as before."""
    programme = load_authorised(region, "reopen_programme", context.actor, programmes)
    return programmes.save(context, programme.reopen())
