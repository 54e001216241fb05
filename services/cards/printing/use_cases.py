"""The order for printed cards."""

from services.cards.cards.domain import Card
from services.cards.cards.policy import resource
from services.cards.cards.repository import Cards
from services.cards.cards.values import NOT_ON_PAPER
from services.cards.policy import POLICY
from services.cards.printing.commands import OrderPrint
from services.cards.printing.domain import Print
from services.cards.printing.repository import Prints
from shared import clock, ids
from shared.errors import IllegalStep, Invalid
from shared.principal import Principal
from shared.storage.command_context import CommandContext, Receipt


def order_print(body: OrderPrint, context: CommandContext, prints: Prints, cards: Cards) -> Receipt:
    """Order cards on paper: one, or a sheet to cut.

    What has ended, or waits for a leader, is left out of a sheet; nothing but such is refused, and
    so are cards of two regions: a sheet is in the list of one, by which it is withdrawn.
    """
    if len(set(body.card_ids)) < len(body.card_ids):
        raise Invalid("card_named_twice", "/card_ids")
    actor = context.actor
    known = {card.id: card for card in cards.get_many(body.card_ids)}
    found = [
        _visible(known.get(card_id), place, actor) for place, card_id in enumerate(body.card_ids)
    ]
    for place, card in enumerate(found):
        if card.region != found[0].region:
            raise Invalid("cards_of_two_regions", f"/card_ids/{place}")
    if all(card.status in NOT_ON_PAPER for card in found):
        raise IllegalStep(f"card_{found[0].status}")
    order = Print(
        id=ids.new("prt"),
        region=found[0].region,
        ordered_by=actor.acts_for,
        role=actor.role,
        card_ids=tuple(body.card_ids),
        ordered_at=clock.now(),
    )
    return prints.save(context, order)


def _visible(card: Card | None, place: int, actor: Principal) -> Card:
    """Return a card that the actor may see the number of: a holder's own, a leader's district's."""
    if card is None or not POLICY.allows(actor, "view_page", resource(card)):
        raise Invalid("unknown_card", f"/card_ids/{place}")
    return card
