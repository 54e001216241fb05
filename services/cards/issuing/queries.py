"""Which cards wait for a leader."""

from services.cards.cards.commands import CardsQuery
from services.cards.cards.domain import Card
from services.cards.cards.queries import territory
from services.cards.cards.repository import Cards, held_prefix
from services.cards.issuing.repository import held_beside_each
from services.cards.issuing.views import HeldCardView
from services.cards.policy import POLICY
from shared.principal import Principal
from shared.storage.repository import Page


def list_held_cards(query: CardsQuery, caller: Principal, cards: Cards) -> Page[HeldCardView]:
    """List the cards of the caller's territory that may be the second of a person."""
    partition = territory(query, caller)
    found: Page[Card] = cards.page(
        "by_region",
        POLICY.require_list(caller, "list_held_cards", "Card", partition),
        lambda card: card,
        caller=caller,
        query=query,
        prefix=held_prefix(partition.district),
    )
    beside = held_beside_each(found.items, cards)
    views = [HeldCardView.of_card(card, beside[card.id]) for card in found.items]
    return Page[HeldCardView](items=views, next_cursor=found.next_cursor)
