"""The cards of one person, as leaders have said of cards that were held."""

from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import HoldDecision


def living_of_same_person(card: Card, cards: Cards) -> Card | None:
    """Return the living card of a card's person: of its file, or the one it was second to."""
    second = card.hold is not None and card.hold.decision is HoldDecision.SAME_PERSON
    of_person = [card, *(held_beside(card, cards) if second else ())]
    return next(filter(None, map(cards.living_of_file, of_person)), None)


def held_beside(card: Card, cards: Cards) -> list[Card]:
    """Return the cards beside which one is held; those that are erased are no one's."""
    found = (cards.find(each.id) for each in (card.hold.others if card.hold else ()))
    return [each for each in found if each is not None and each.erased_at is None]
