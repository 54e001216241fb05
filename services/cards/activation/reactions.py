"""What time alone does to a card that is not in use yet."""

from services.cards.cards import events
from services.cards.cards.repository import Cards
from shared import clock
from shared.reference import regions
from shared.storage.command_context import CommandContext


def remind_holder(card_id: str, context: CommandContext, cards: Cards) -> None:
    """Remind a holder who has not activated the card for two weeks."""
    card = cards.find(card_id)
    if card is None or not card.due(clock.now(), regions.zone(card.region)):
        return
    reminded = card.remind()
    cards.save_card(context, reminded, events=[events.activation_due(reminded)])


DEADLINES = {"CARD": remind_holder}
