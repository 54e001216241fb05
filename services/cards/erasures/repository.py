"""All files of one person: those that a leader has found to be hers, from whichever it begins."""

from collections.abc import Iterator

from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards
from services.cards.cards.values import HoldDecision
from services.cards.holders.repository import Holders
from services.cards.holders.values import File
from services.cards.issuing.repository import other_files

MOST = 20  # files of one person


class Files:
    """The files of the offices, with the cards of each."""

    def __init__(self, cards: Cards) -> None:
        self._cards = cards
        self._holders = Holders(cards.store)

    def of_person(self, card: Card) -> dict[File, list[Card]]:
        """Return the files of a card's person with all their cards, oldest first."""
        return self.of_same_person((card.region, card.holder_ref))

    def of_same_person(self, file: File) -> dict[File, list[Card]]:
        """Return a file, and every other of the same person, with all their cards."""
        found: dict[File, list[Card]] = {}
        waiting = [file]
        while waiting and len(found) < MOST:
            if (file := waiting.pop(0)) not in found:
                of_number = self._cards.list_by_file(file[0], file[1].partition("@")[0])
                found[file] = [card for card in of_number if _file(card) == file]
                waiting += self._linked(file, of_number)
        return found

    def has_card(self, file: File) -> bool:
        """Whether a card of the file lives, also one that no list shows yet."""
        mark = self._cards.file_mark(*file)
        return mark is not None and mark.state == "living"

    def is_erased(self, file: File) -> bool:
        """Whether the holder of a file is erased."""
        mark = self._cards.file_mark(*file)
        return mark is not None and mark.state == "erased"

    def _linked(self, file: File, of_number: list[Card]) -> Iterator[File]:
        """Yield the files that are the same person's.

        A decision leads from one file to the other; the cards of that number lead back.
        """
        yield from other_files(file, self._holders)
        for card in of_number:
            beside = self._beside(card)
            if _file(card) == file:
                yield from beside
            elif file in beside:
                yield _file(card)

    def _beside(self, card: Card) -> list[File]:
        """Return the files beside which a card was held, and whose person it turned out to be."""
        if card.hold is None or card.hold.decision not in _SAME:
            return []
        return [_file(each) for each in self._cards.get_many(c.id for c in card.hold.others)]


_SAME = (HoldDecision.SAME_PERSON, HoldDecision.SAME_PERSON_AGAIN)


def _file(card: Card) -> File:
    return card.region, card.holder_ref
