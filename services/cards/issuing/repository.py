"""One person's cards and files, as leaders have said of cards that were held.

HOLDER#<holder id> / ALSO#<holder id>   another file of the same person
"""

from collections.abc import Sequence
from itertools import chain

from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import HoldDecision
from services.cards.holders.repository import Holders
from services.cards.holders.values import File, holder_id
from shared.storage.rows import Key, RawWrite

_ALSO = "ALSO#"
_MOST = 10


def living_of_same_person(card: Card, cards: Cards) -> Card | None:
    """Return the living card of a card's person: of its file, or the one it was second to."""
    second = card.hold is not None and card.hold.decision is HoldDecision.SAME_PERSON
    of_person = [card, *(held_beside(card, cards) if second else ())]
    return next(filter(None, map(cards.living_of_file, of_person)), None)


def held_beside(card: Card, cards: Cards) -> list[Card]:
    """Return the cards beside which one is held; those that are erased are no one's."""
    return held_beside_each([card], cards)[card.id]


def held_beside_each(held: Sequence[Card], cards: Cards) -> dict[str, list[Card]]:
    """Return the cards beside which each of some is held, by its id; all are read together."""
    beside = {card.id: [each.id for each in card.hold.others] for card in held if card.hold}
    found = cards.get_many(chain.from_iterable(beside.values()))
    known = {card.id: card for card in found if card.erased_at is None}
    return {
        card.id: [known[each] for each in beside.get(card.id, ()) if each in known] for card in held
    }


def same_person(one: File, other: File) -> RawWrite:
    """Return the row by which another file of a person is found from one."""
    region, file_number = other
    key = Key(_partition(one), f"{_ALSO}{holder_id(*other)}")
    return RawWrite("data", key, {"region": region, "file_number": file_number})


def other_files(file: File, holders: Holders) -> list[File]:
    """Return the files that a leader has found to be the same person's."""
    found = holders.store.latest("data", _partition(file), _ALSO, _MOST)
    return [(each["region"]["S"], each["file_number"]["S"]) for each in found]


def _partition(file: File) -> str:
    return f"{Holders.prefix}#{holder_id(*file)}"
