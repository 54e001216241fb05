"""What happens to a card in use, and who sees it."""

from services.cards import card_numbers as numbers
from services.cards import policy, qr_codes
from services.cards.cards import events as telling
from services.cards.cards import vault_records as sealed
from services.cards.cards.commands import (
    CardPage,
    CardsQuery,
    CardView,
    ContactView,
    PlacementEnd,
)
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards, in_district
from services.cards.cards.values import BlockReason, RevokeReason, Status
from services.cards.printing import pdf as sheet
from shared import clock, keyring
from shared.errors import IllegalStep, NotFound
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.list_keys import region_key
from shared.storage.repository import Page


def block_card(card_id: str, reason: BlockReason, context: CommandContext, cards: Cards) -> Receipt:
    """Tills refuse the card from the moment this is answered."""
    card = _card(card_id, "block_card", context, cards).block(reason)
    context.reason = reason.value
    return cards.save_card(context, card, events=[telling.blocked(card)])


def unblock_card(card_id: str, context: CommandContext, cards: Cards) -> Receipt:
    """A lost card was found."""
    card = _card(card_id, "unblock_card", context, cards).unblock()
    return cards.save_card(context, card, events=[telling.activated(card, again=True)])


def revoke_card(
    card_id: str, reason: RevokeReason, context: CommandContext, cards: Cards
) -> Receipt:
    """The leader confirms that the holder is no longer entitled."""
    card = _card(card_id, "revoke_card", context, cards).revoke(reason, clock.now())
    context.reason = reason.value
    return cards.save_card(context, card, events=[telling.revoked(card)])


def withdraw_consent(card_id: str, context: CommandContext, cards: Cards) -> Receipt:
    """The community no longer writes to the holder; the card stays as it is."""
    card = _card(card_id, "withdraw_consent", context, cards)
    return cards.save_card(context, card.withdraw_community_consent())


def report_placement_end(body: PlacementEnd, context: CommandContext, cards: Cards) -> Receipt:
    """The office tells that a placement ended; it learns nothing about the card."""
    target = policy.new_card(body.region, body.district_id, on_order=False)
    policy.POLICY.require_create(context.actor, "report_placement_end", target)
    card = cards.find_live(body.region, body.holder_ref)
    if card is None or card.district_id != body.district_id:
        raise NotFound("holder")
    today = calendar.local_date(regions.zone(body.region), clock.now())
    return cards.save_card(context, card.report_placement_end(body.ended_on, today))


def erase_holder(card_id: str, context: CommandContext, cards: Cards) -> Receipt:
    """Forget who held a dead card: number and contact are unreadable for ever, counts stay."""
    card = _card(card_id, "erase_holder", context, cards)
    if card.status is not Status.REVOKED:
        raise IllegalStep("card_in_use", ("revoke_card",))
    return cards.save_card(context, card, writes=sealed.vault().erase(sealed.subject_of(card)))


def card_due(card_id: str, context: CommandContext, cards: Cards) -> None:
    """Remind a holder who has not activated the card for two weeks."""
    card = cards.find(card_id)
    if card is None or card.next_deadline is None or clock.now() < card.next_deadline:
        return
    reminded = card.remind()
    cards.save_card(context, reminded, events=[telling.activation_due(reminded)])


# reading ------------------------------------------------------------------------------------


def show_card(card_id: str, caller: Principal, cards: Cards) -> CardView:
    """A card of the caller's territory, or the caller's own."""
    card = cards.get(card_id)
    policy.POLICY.require(caller, "view", policy.card(card))
    return CardView.of(card)


def show_page(card_id: str, caller: Principal, cards: Cards) -> CardPage:
    """What the printed card shows: the number in fours and the QR that does not turn."""
    card = cards.get(card_id)
    policy.POLICY.require(caller, "view_page", policy.card(card))
    number = sealed.open_card(card, caller, "card_page")[sealed.NUMBER]
    key = keyring.from_env().child(qr_codes.STATIC_KEY)
    text = qr_codes.static_token(key, card.handle, card.generation)
    return CardPage(
        id=card.id,
        status=card.status,
        number=number,
        number_in_fours=numbers.in_fours(number),
        qr_text=text,
        qr_svg=sheet.qr_svg(text),
    )


def show_contact(card_id: str, caller: Principal, cards: Cards) -> ContactView:
    """How to reach the holder for card matters; every look is in the audit."""
    card = cards.get(card_id)
    policy.POLICY.require(caller, "view_contact", policy.card(card))
    contact = sealed.open_contact(card, caller, "card_matter")
    if contact is None:
        raise NotFound("contact")
    return ContactView.model_validate(contact.model_dump())


def list_cards(query: CardsQuery, caller: Principal, cards: Cards) -> Page[CardView]:
    """The registry of the caller's territory."""
    district = query.district_id or (caller.districts[0] if len(caller.districts) == 1 else None)
    if caller.districts or district:
        partition = Partition.of_district(caller, district, query.region)
    else:
        partition = Partition.of_region(caller, query.region)
    policy.POLICY.require_list(caller, "list_cards", "Card", partition)
    return cards.page(
        "by_region",
        region_key(str(partition.region)),
        CardView.of,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=in_district(partition.district),
    )


def list_own_cards(caller: Principal, cards: Cards) -> Page[CardView]:
    """All cards that the caller has ever activated."""
    partition = Partition.of_person(caller)
    key = policy.POLICY.require_list(caller, "list_own_cards", "Card", partition)
    return cards.page("by_owner", key, CardView.of, caller=caller, newest_first=True)


def _card(card_id: str, action: str, context: CommandContext, cards: Cards) -> Card:
    card = cards.get(card_id)
    policy.POLICY.require(context.actor, action, policy.card(card))
    return card
