"""CARD#<card id>: a card. Beside it, under its handle, the row that the till reads.

by_region   REGION#<region>           CARD#<district>#<issued at>#<card id>   a territory's
                                      HELD#<district>#...         those that wait for a leader
by_owner    PERSON#<person>           <issued at>#<card id>              a holder's own cards
by_ref      HOLDER#<region>#<file>    <issued at>#<card id>   all of a file number, of any office
UNIQUE#card|<region>|<ref>            whose the number of a file is: see `FileMark`
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from services.cards import till_read_model
from services.cards.cards.domain import Card
from services.cards.cards.values import CardStatus, FileMark, FileState, RevokeReason
from services.cards.holders.domain import Holder
from services.cards.holders.values import UNCHANGED, HolderChange
from services.cards.till_read_model import CardTill
from shared import clock, keyring
from shared.errors import VersionConflict
from shared.events.base import Event
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Key, RawWrite, Row, UniqueName
from shared.storage.transaction import NameTaken


class Cards(Repository[Card]):
    """The card registry."""

    model = Card
    prefix = "CARD"

    def row(self, aggregate: Card) -> Row:
        """Return a card's row with its lists and its reminder."""
        issued = clock.iso(aggregate.issued_at)
        own = f"{issued}#{aggregate.id}"
        place = held_prefix if aggregate.status is CardStatus.HELD else district_prefix
        return self._row(
            aggregate,
            due_at=aggregate.next_deadline(regions.zone(aggregate.region)),
            lists={
                "by_region": (region_key(aggregate.region), place(aggregate.district_id) + own),
                "by_owner": (person_key(aggregate.holder), own),
                "by_ref": (_file_key(aggregate.region, aggregate.file_number), own),
            },
        )

    def save_card(
        self,
        context: CommandContext,
        card: Card,
        *,
        replaced: Card | None = None,
        taken_from: FileMark | None = None,
        holder: HolderChange[Any] = UNCHANGED,
        events: Sequence[Event] = (),
        writes: Sequence[RawWrite] = (),
        number: str | None = None,
    ) -> Receipt:
        """Store a card, the one it replaced and its holder, with the rows that the till reads.

        The number of a new card's file is free, or as a mark said that was `taken_from` it.
        """
        cards = [card] if replaced is None else [card, replaced]
        with read_again():
            return self.store.commit(
                context,
                *(self.row(each) for each in cards),
                *holder.rows,
                events=events,
                unique=[*_claimed(card, replaced, taken_from), *holder.unique],
                release=holder.release,
                writes=[*writes, *_marked(card, replaced), *(till_row(each) for each in cards)],
                number=number,
            )

    def save_issued(self, context: CommandContext, card: Card, **more: Any) -> Receipt:
        """Store a card with a new code; the receipt says which of its codes that is."""
        return self.save_card(context, card, number=str(card.code.place), **more)

    def save_erased(
        self,
        context: CommandContext,
        card: Card,
        writes: Sequence[RawWrite],
        event: Event,
        holder: HolderChange[Any],
    ) -> Receipt:
        """Store a card whose holder is erased; no card is issued to the same holder again.

        Raises NameTaken when the holder has a living card after all.
        """
        present = self.file_mark(card.region, card.holder_ref)
        free = present is not None and present.state in ("ended", "refused", "moved")
        erased = _file_name(card, "erased", present if free else None)
        return self.save(
            context,
            card,
            *holder.rows,
            events=[event],
            unique=[erased, *holder.unique],
            release=list(holder.release),
            writes=list(writes),
        )

    def find_by_handle(self, handle: str) -> Card | None:
        """Return the card with that handle, found by the till's row, or none by as many reads."""
        found = self.store.item(Key(*till_read_model.card_key(handle)))
        return self.find(till_read_model.read(CardTill, found).card_id if found else "")

    def list_by_holder(self, region: str, holder_ref: str) -> list[Card]:
        """Return all cards that a holder has ever had, oldest first."""
        found = self.list_by_file(region, holder_ref.partition("@")[0])
        return [card for card in found if card.holder_ref == holder_ref]

    def list_by_file(self, region: str, file_number: str) -> list[Card]:
        """Return all cards under the number of a file, of whatever office, oldest first."""
        return self.list_all("by_ref", _file_key(region, file_number), latest=True)

    def list_by_person(self, region: str, file_numbers: Sequence[str]) -> list[Card]:
        """Return all cards that a person has ever had, newest first."""
        found = [card for ref in file_numbers for card in self.list_by_holder(region, ref)]
        return sorted(found, key=lambda card: card.issued_at, reverse=True)

    def list_page(
        self, region: str, district: str, most: int, start: dict[str, str] | None
    ) -> tuple[list[Card], dict[str, str] | None]:
        """Return some cards of a district, oldest first, and where the next ones start."""
        page, next_key = self.store.page(
            "by_region",
            region_key(region),
            limit=most,
            start=start,
            prefix=district_prefix(district),
        )
        return [self._aggregate(document) for document in page], next_key

    def file_mark(self, region: str, holder_ref: str) -> FileMark | None:
        """Return what is known of the number of a file; None of one that was never used."""
        found = self.store.item(_name_of(region, holder_ref, "").key)
        return None if found is None else FileMark.parse(found["held_by"]["S"])

    def living_of(self, mark: FileMark | None) -> Card | None:
        """Return the card of a file's person that has not ended, found by the file's mark."""
        if mark is None or mark.state not in ("living", "moved"):
            return None
        card = self.get(mark.card_id)
        return self.living_of_file(card) if mark.state == "moved" else card

    def living_of_person(self, holder: Holder) -> Card | None:
        """Return the card of a person that has not ended, under whatever number of a file."""
        marks = (self.file_mark(holder.region, ref) for ref in holder.file_numbers)
        return next(filter(None, map(self.living_of, marks)), None)

    def settled_of_person(self, holder: Holder) -> Card | None:
        """Return the living card of a person, unless a leader has yet to say whose it is."""
        card = self.living_of_person(holder)
        return None if card is None or card.status is CardStatus.HELD else card

    def living_of_file(self, card: Card) -> Card | None:
        """Return the card of a card's file that has not ended: itself, or what came after it."""
        return self.living_of(self.file_mark(card.region, card.holder_ref))


@contextmanager
def read_again() -> Iterator[None]:
    """Let a command read again when a number or phone has become another's meanwhile."""
    try:
        yield
    except NameTaken:
        raise VersionConflict from None


def district_prefix(district: str | None) -> str:
    """Return the beginning of the sort key of a district's cards."""
    return f"CARD#{district}#" if district else "CARD#"


def held_prefix(district: str | None) -> str:
    """Return the beginning of the sort key of a district's cards that wait for a leader."""
    return f"HELD#{district}#" if district else "HELD#"


def handle_of(number: str) -> str:
    """Return the handle under which a number is stored."""
    return till_read_model.handle_of(keyring.from_env().child(till_read_model.NUMBER_KEY), number)


def moved(before: Card, mark: FileMark, card: Card) -> UniqueName:
    """Return the number of a file whose person has her card under another office's file."""
    new = FileMark(state="moved", district_id=mark.district_id, card_id=card.id)
    return _name_of(before.region, before.holder_ref, new.text, mark)


def _file_key(region: str, file_number: str) -> str:
    return f"HOLDER#{region}#{file_number}"


def _name_of(
    region: str, holder_ref: str, owner: str, taken_from: FileMark | None = None
) -> UniqueName:
    former = None if taken_from is None else taken_from.text
    return UniqueName(f"card|{region}|{holder_ref}", owner, taken_from=former)


def _file_name(card: Card, state: FileState, taken_from: FileMark | None = None) -> UniqueName:
    """Return the number of a card's file with a mark of its office."""
    mark = FileMark(state=state, district_id=card.office, card_id=card.id)
    return _name_of(card.region, card.holder_ref, mark.text, taken_from)


def _claimed(card: Card, replaced: Card | None, taken_from: FileMark | None) -> list[UniqueName]:
    new = not card.version and replaced is None
    return [_file_name(card, "living", taken_from)] if new else []


def _marked(card: Card, replaced: Card | None) -> list[RawWrite]:
    """Return the new mark of a number whose living card is another one now, or none."""
    state: FileState = "living"
    if card.status is CardStatus.REVOKED:
        state = "refused" if card.reason == RevokeReason.SAME_PERSON else "ended"
    elif replaced is None:
        return []
    name = _file_name(card, state)
    return [RawWrite("data", name.key, {"held_by": name.owner})]


def till_row(card: Card) -> RawWrite:
    """Return what the till reads of a card; the uses that it has counted there stay."""
    row = CardTill(card.handle, card.id, card.status, card.generation, card.print_generation)
    return RawWrite(
        "data",
        Key(*till_read_model.card_key(card.handle)),
        till_read_model.card_attributes(row),
        "any" if card.version else "absent",
        merges=card.version > 0,
    )
