"""CARD#<card id>: a card. Beside it, under its handle, the row that the till reads.

by_region   REGION#<region>           CARD#<district>#<issued at>#<card id>   a territory's
by_owner    PERSON#<person>           <issued at>#<card id>              a holder's own cards
by_ref      HOLDER#<region>#<ref>     <issued at>#<card id>              all cards of a holder
UNIQUE#card|<region>|<ref>            one live card per holder, none for one who was erased
"""

from collections.abc import Sequence
from typing import Any

from services.cards import till_read_model
from services.cards.cards.domain import Card
from services.cards.cards.values import ENDED, CardStatus
from services.cards.holders.repository import UNCHANGED, HolderChange, holder_id
from services.cards.till_read_model import CardTill
from shared import clock, keyring
from shared.events.base import Event
from shared.reference import regions
from shared.storage.command_context import CommandContext, Key, Receipt
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import RawWrite, Row, UniqueName
from shared.storage.store import Document

ERASED = "erased"  # holds the name of a holder who was erased


class Cards(Repository[Card]):
    """The card registry."""

    model = Card
    prefix = "CARD"

    def row(self, aggregate: Card) -> Row:
        """Return a card's row with its lists and its reminder."""
        issued = clock.iso(aggregate.issued_at)
        own = f"{issued}#{aggregate.id}"
        return self._row(
            aggregate,
            due_at=aggregate.next_deadline(regions.zone(aggregate.region)),
            lists={
                "by_region": (
                    region_key(aggregate.region),
                    f"{district_prefix(aggregate.district_id)}{own}",
                ),
                "by_owner": (person_key(aggregate.holder), own),
                "by_ref": (_holder_key(aggregate.region, aggregate.holder_ref), own),
            },
        )

    def save_card(
        self,
        context: CommandContext,
        card: Card,
        *,
        replaced: Card | None = None,
        holder: HolderChange = UNCHANGED,
        events: Sequence[Event] = (),
        writes: Sequence[RawWrite] = (),
        number: str | None = None,
    ) -> Receipt:
        """Store a card, the one it replaced and its holder, with the rows that the till reads."""
        cards = [card] if replaced is None else [card, replaced]
        return self.store.commit(
            context,
            *(self.row(each) for each in cards),
            *holder.rows,
            events=events,
            unique=[*_claimed(card, replaced), *holder.unique],
            release=[
                *([_holder_name(card)] if card.status is CardStatus.REVOKED else []),
                *holder.release,
            ],
            writes=[*writes, *(_till_row(each) for each in cards)],
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
        holder: HolderChange,
    ) -> Receipt:
        """Store a card whose holder is erased; no card is issued to the same holder again.

        Raises NameTaken when the holder has a living card after all.
        """
        name = UniqueName(_holder_name(card).name, ERASED)
        return self.save(
            context,
            card,
            *holder.rows,
            events=[event],
            unique=[name, *holder.unique],
            release=list(holder.release),
            writes=list(writes),
        )

    def find_by_handle(self, handle: str) -> Card | None:
        """Return the card with that handle, found by the till's row."""
        found = self.store.item(Key(*till_read_model.card_key(handle)))
        return self.find(till_read_model.read(CardTill, found).card_id) if found else None

    def list_by_holder(self, region: str, holder_ref: str) -> list[Card]:
        """Return all cards that a holder has ever had, oldest first."""
        return self.list_all("by_ref", _holder_key(region, holder_ref))

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

    def find_live(self, region: str, holder_ref: str) -> Card | None:
        """Return the card of a holder that has not ended."""
        found = [c for c in self.list_by_holder(region, holder_ref) if c.status not in ENDED]
        return self.get(found[-1].id) if found else None

    def _aggregate(self, document: Document) -> Card:
        # Older rows keep the reminder as a flag of the code.
        if document["code"].get("reminded") and "fired" not in document:
            document = document | {"fired": ["activation_due"]}
        # Older rows have one generation for phone and paper.
        if "print_generation" not in document:
            document = document | {"print_generation": document.get("generation", 1)}
        if not document.get("holder_id"):
            person = holder_id(document["region"], document["holder_ref"])
            document = document | {"holder_id": person}
        return super()._aggregate(document)


def district_prefix(district: str | None) -> str:
    """Return the beginning of the sort key of a district's cards."""
    return f"CARD#{district}#" if district else "CARD#"


def handle_of(number: str) -> str:
    """Return the handle under which a number is stored."""
    return till_read_model.handle_of(keyring.from_env().child(till_read_model.NUMBER_KEY), number)


def _holder_key(region: str, holder_ref: str) -> str:
    return f"HOLDER#{region}#{holder_ref}"


def _holder_name(card: Card) -> UniqueName:
    return UniqueName(f"card|{card.region}|{card.holder_ref}", card.holder_ref)


def _claimed(card: Card, replaced: Card | None) -> list[UniqueName]:
    return [_holder_name(card)] if not card.version and replaced is None else []


def _till_row(card: Card) -> RawWrite:
    """Return what the till reads of a card; the uses that it has counted there stay."""
    row = CardTill(card.handle, card.id, card.status, card.generation, card.print_generation)
    return RawWrite(
        "data",
        Key(*till_read_model.card_key(card.handle)),
        till_read_model.card_attributes(row),
        "any" if card.version else "absent",
        merges=card.version > 0,
    )
