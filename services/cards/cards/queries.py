"""What people read of cards, and what answers a command on one."""

from services.cards import card_numbers, qr_codes
from services.cards.cards import vault_records
from services.cards.cards.commands import CardsQuery
from services.cards.cards.domain import Card
from services.cards.cards.policy import OFFICE, load_authorised, shown_to
from services.cards.cards.repository import Cards, district_prefix
from services.cards.cards.values import CardId, CardStatus
from services.cards.cards.views import (
    CardPage,
    CardView,
    ContactView,
    IssuedCard,
)
from services.cards.holders.repository import Holders
from services.cards.policy import POLICY
from shared import keyring
from shared.errors import NotFound
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import Receipt
from shared.storage.repository import Page, Slice


def get_card(card_id: CardId, caller: Principal, cards: Cards) -> CardView:
    """Show a card; to an office, whether there is one."""
    card = load_authorised(card_id, "view", caller, cards)
    return CardView.for_office(card) if caller.role == OFFICE else CardView.of_card(card)


def get_card_page(card_id: CardId, caller: Principal, cards: Cards, vault: Vault) -> CardPage:
    """Show what the card itself shows: number and QR."""
    card = load_authorised(card_id, "view_page", caller, cards)
    number = vault_records.open_card(card, caller, "card_page", vault)[vault_records.NUMBER]
    key = keyring.from_env().child(qr_codes.STATIC_KEY)
    text = qr_codes.static_token(key, card.handle, card.print_generation)
    return CardPage.of(
        card,
        number=number,
        number_in_fours=card_numbers.in_fours(number),
        qr_text=text,
        qr_svg=qr_codes.qr_svg(text),
    )


def get_contact(card_id: CardId, caller: Principal, cards: Cards, vault: Vault) -> ContactView:
    """Show how to reach the holder for card matters."""
    card = load_authorised(card_id, "view_contact", caller, cards)
    contact = vault_records.open_contact(card, caller, "card_matter", vault)
    if contact is None:
        raise NotFound("contact")
    return ContactView.of(contact)


def list_cards(query: CardsQuery, caller: Principal, cards: Cards) -> Page[CardView]:
    """List the card registry of the caller's territory."""
    partition, shown = territory(query, caller), shown_to(caller, cards)
    return cards.page(
        "by_region",
        POLICY.require_list(caller, "list_cards", "Card", partition),
        lambda card: CardView.of_card(shown(card)),
        caller=caller,
        query=query,
        prefix=district_prefix(partition.district),
    )


def territory(query: CardsQuery, caller: Principal) -> Partition:
    """Return the part of the registry that a query asks for: a region, or a district of it."""
    if query.region and query.district_id:
        regions.check_district(query.region, query.district_id, "district_id")
    district = query.district_id or (caller.districts[0] if len(caller.districts) == 1 else None)
    if caller.districts or district:
        return Partition.of_district(caller, district, query.region)
    return Partition.of_region(caller, query.region)


def list_own_cards(caller: Principal, cards: Cards, holders: Holders) -> Page[CardView]:
    """List the caller's own cards."""
    partition, shown = Partition.of_person(caller), shown_to(caller, cards)
    key = POLICY.require_list(caller, "list_own_cards", "Card", partition)

    def view(card: Card) -> CardView:
        return CardView.of_card(shown(card))

    if holder := holders.find(caller.acts_for):
        own = cards.list_by_person(holder.region, holder.file_numbers)
        return Page[CardView](items=[view(card) for card in own])
    return cards.page("by_owner", key, view, caller=caller, query=Slice(), newest_first=True)


# answers to commands ------------------------------------------------------------------------


def issued_card_view(receipt: Receipt, caller: Principal, cards: Cards, vault: Vault) -> IssuedCard:
    """Show number and code to the person who hands the card over, after an audit entry.

    Status and code are those of that moment: an office never learns what happens to the card
    later, and a repeat shows no code that was made since. A card that was held shows none.
    """
    card = cards.get(receipt.id)
    opened = vault_records.open_card(card, caller, "hand_over", vault)
    code = opened[vault_records.CODE]
    status = CardStatus(receipt.status or CardStatus.ISSUED)
    held = status is CardStatus.HELD
    fits = card.code.fits(vault_records.code_hash(card.handle, code))
    hidden = held or receipt.number != str(card.code.place) or not fits
    return IssuedCard(
        id=receipt.id,
        version=receipt.version,
        status=status,
        held_because=card.hold.because if held and card.hold else None,
        number=opened[vault_records.NUMBER],
        activation_code=None if hidden else code,
        code_valid_until=None if hidden else card.code.last_day,
    )
