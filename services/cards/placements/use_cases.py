"""A placement ends, or goes on after all."""

from services.cards.cards import events
from services.cards.cards.domain import Card
from services.cards.cards.policy import load_authorised, new_card, shown_to
from services.cards.cards.repository import Cards
from services.cards.cards.values import CardId, FileMark
from services.cards.issuing.domain import is_of_office, own_ref
from services.cards.issuing.repository import living_of_same_person
from services.cards.placements.commands import PlacementEnd
from services.cards.policy import POLICY
from services.cards.programmes.repository import Programmes
from shared import clock
from shared.errors import IllegalStep, NotFound
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt


def report_placement_end(
    body: PlacementEnd, context: CommandContext, cards: Cards, programmes: Programmes
) -> Receipt:
    """Report that a placement ended; its card ends after the programme's time of grace."""
    target = new_card(body.region, body.district_id, on_order=False)
    POLICY.require_create(context.actor, "report_placement_end", target)
    regions.check_district(body.region, body.district_id)
    card = shown_to(context.actor, cards)(_of_office(body, cards))
    today = calendar.local_date(regions.zone(body.region), clock.now())
    grace = programmes.get_by_region(body.region).grace_days
    ending = card.report_placement_end(body.ended_on, today, grace)
    news = [] if ending == card else [events.placement_end_reported(ending)]
    return cards.save_card(context, ending, events=news)


def _of_office(body: PlacementEnd, cards: Cards) -> Card:
    """Return the living card of the person of an office's file, whichever office issued it.

    Where two offices have the number, that of the other is another person's.
    """
    for ref in (own_ref(body.holder_ref, body.district_id), body.holder_ref):
        if mark := cards.file_mark(body.region, ref):
            return _of_file(mark, body, cards)
    raise NotFound("holder")


def _of_file(mark: FileMark, body: PlacementEnd, cards: Cards) -> Card:
    card = living_of_same_person(cards.get(mark.card_id), cards)
    if not is_of_office(mark, card, body.holder_ref, body.district_id):
        raise NotFound("holder")
    if card is None:
        raise IllegalStep("card_revoked")
    return card


def dismiss_placement_end(card_id: CardId, context: CommandContext, cards: Cards) -> Receipt:
    """Say that the placement goes on: the card does not end."""
    card = load_authorised(card_id, "dismiss_placement_end", context.actor, cards)
    staying = card.dismiss_placement_end()
    return cards.save_card(context, staying, events=[events.placement_end_dismissed(staying)])
