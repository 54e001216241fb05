"""What time alone does to a card: a reminder to activate it, its end after a placement."""

from services.cards.cards import events
from services.cards.cards.repository import Cards
from services.cards.cards.values import RevokeReason
from services.cards.holders.repository import Holders
from shared import clock
from shared.reference import regions
from shared.storage.command_context import CommandContext


def card_due(card_id: str, context: CommandContext, cards: Cards, holders: Holders) -> None:
    """Close a card whose placement ended long enough ago, else remind its holder to activate it."""
    card = cards.find(card_id)
    due = () if card is None else card.due(clock.now(), regions.zone(card.region))
    if card is None or not due:
        return
    if "placement_over" in due:
        context.reason = RevokeReason.PLACEMENT_ENDED.value
        closed = card.close_after_placement(clock.now())
        holder = holders.passed_on(card.holder_id, cards.settled_of_person)
        revoked = events.revoked(closed, by_time=True)
        cards.save_card(context, closed, holder=holder, events=[revoked])
        return
    reminded = card.remind()
    cards.save_card(context, reminded, events=[events.activation_due(reminded)])


DEADLINES = {"CARD": card_due}
