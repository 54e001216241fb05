"""CARD#<card id>: a card. Beside it, under its handle, the row that the till reads.

by_region   REGION#<region>           CARD#<district>#<issued at>#<card id>   a territory's
by_owner    PERSON#<person>           <issued at>#<card id>              a holder's own cards
by_ref      HOLDER#<region>#<ref>     <issued at>#<card id>              all cards of a holder
UNIQUE#card|<region>|<ref>            one live card per holder
"""

from collections.abc import Sequence

from services.cards import till_read_model as till_rows
from services.cards.cards.domain import Card
from services.cards.cards.values import ENDED
from shared import clock, keyring
from shared.events.base import Event
from shared.storage.command_context import CommandContext, Key, Receipt
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import RawWrite, Row, UniqueName


class Cards(Repository[Card]):
    """The card registry."""

    model = Card
    prefix = "CARD"

    def row(self, aggregate: Card) -> Row:
        """A card, its lists and its reminder."""
        issued = clock.iso(aggregate.issued_at)
        own = f"{issued}#{aggregate.id}"
        return self._row(
            aggregate,
            due_at=aggregate.next_deadline,
            lists={
                "by_region": (
                    region_key(aggregate.region),
                    f"{in_district(aggregate.district_id)}{own}",
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
        also: Card | None = None,
        events: Sequence[Event] = (),
        writes: Sequence[RawWrite] = (),
        number: str | None = None,
    ) -> Receipt:
        """Store a card together with what the till knows of it; `also` is the one it replaces."""
        cards = [card] if also is None else [card, also]
        return self.store.commit(
            context,
            *(self.row(each) for each in cards),
            events=events,
            unique=[_slot(card)] if not card.version and also is None else [],
            release=[_slot(card)] if card.status == "revoked" else [],
            writes=[*writes, *(_till_row(each) for each in cards)],
            number=number,
        )

    def by_handle(self, handle: str) -> Card | None:
        """The card with that handle, read from the till's row."""
        found = self.store.item(Key(*till_rows.card_key(handle)))
        return self.find(till_rows.read(till_rows.CardTill, found).card_id) if found else None

    def of_holder(self, region: str, holder_ref: str) -> list[Card]:
        """All cards that a holder has ever had, oldest first."""
        return self.list_all("by_ref", _holder_key(region, holder_ref))

    def list_page(
        self, region: str, district: str, most: int, start: dict[str, str] | None
    ) -> tuple[list[Card], dict[str, str] | None]:
        """Some cards of a district, oldest first, and where the next ones start."""
        page, next_key = self.store.page(
            "by_region", region_key(region), limit=most, start=start, prefix=in_district(district)
        )
        return [self._aggregate(document) for document in page], next_key

    def find_live(self, region: str, holder_ref: str) -> Card | None:
        """The card of a holder that has not ended."""
        found = [c for c in self.of_holder(region, holder_ref) if c.status not in ENDED]
        return self.get(found[-1].id) if found else None


def in_district(district: str | None) -> str:
    """The beginning of a card's place in its region's registry."""
    return f"CARD#{district}#" if district else "CARD#"


def handle_of(number: str) -> str:
    """The name under which a number is stored."""
    return till_rows.handle_of(keyring.from_env().child(till_rows.NUMBER_KEY), number)


def _holder_key(region: str, holder_ref: str) -> str:
    return f"HOLDER#{region}#{holder_ref}"


def _slot(card: Card) -> UniqueName:
    return UniqueName(f"card|{card.region}|{card.holder_ref}", card.holder_ref)


def _till_row(card: Card) -> RawWrite:
    row = till_rows.CardTill(card.handle, card.id, card.status, card.generation)
    return RawWrite(
        "data",
        Key(*till_rows.card_key(card.handle)),
        till_rows.card_attributes(row),
        "any" if card.version else "absent",
    )
