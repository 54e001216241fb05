"""A placement ends, or goes on after all."""

from services.cards.cards import events
from services.cards.cards.domain import Card
from services.cards.cards.policy import load_authorised, new_card
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardId
from services.cards.issuing.domain import own_ref
from services.cards.placements.commands import PlacementEnd
from services.cards.policy import POLICY
from services.cards.programmes.repository import Programmes
from shared import clock
from shared.errors import NotFound
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt


def report_placement_end(
    body: PlacementEnd, context: CommandContext, cards: Cards, programmes: Programmes
) -> Receipt:
    """Report that a placement ended; its card ends after the programme's time of grace."""
    target = new_card(body.region, body.district_id, on_order=False)
    POLICY.require_create(context.actor, "report_placement_end", target)
    card = _of_office(body, cards)
    today = calendar.local_date(regions.zone(body.region), clock.now())
    grace = programmes.get_by_region(body.region).grace_days
    ending = card.report_placement_end(body.ended_on, today, grace)
    return cards.save_card(context, ending, events=[events.placement_end_reported(ending)])


def _of_office(body: PlacementEnd, cards: Cards) -> Card:
    """Return the living card of an office's file, also where two offices have its number."""
    for ref in (own_ref(body.holder_ref, body.district_id), body.holder_ref):
        card = cards.find_live(body.region, ref)
        if card is not None and body.district_id in (card.office, card.district_id, card.issued_by):
            return card
    raise NotFound("holder")


def dismiss_placement_end(card_id: CardId, context: CommandContext, cards: Cards) -> Receipt:
    """Say that the placement goes on: the card does not end."""
    card = load_authorised(card_id, "dismiss_placement_end", context.actor, cards)
    staying = card.dismiss_placement_end()
    return cards.save_card(context, staying, events=[events.placement_end_dismissed(staying)])
