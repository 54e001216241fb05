"""What leaders and holders do with a card: loss, replacement, end."""

from datetime import datetime

from services.cards import card_numbers
from services.cards.cards import events, vault_records
from services.cards.cards.commands import BlockCard, MoveCard, ReplaceCard, RevokeCard
from services.cards.cards.domain import Card
from services.cards.cards.policy import load_authorised
from services.cards.cards.repository import Cards, handle_of
from services.cards.cards.values import (
    BLOCKED_BY_THEFT,
    ActivationCode,
    CardId,
    Entitlement,
)
from services.cards.holders.repository import Holders
from services.cards.holders.values import UNCHANGED, HolderChange, holder_id
from shared import clock, ids
from shared.privacy.contact import Contact
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite

CODE_DIGITS = 8


def replace_card(
    card_id: CardId,
    body: ReplaceCard,
    context: CommandContext,
    cards: Cards,
    holders: Holders,
    vault: Vault,
) -> Receipt:
    """Give the holder a new card; the old number is dead at once."""
    old = load_authorised(card_id, "replace_card", context.actor, cards)
    new, writes = made_card(
        vault,
        holder_ref=old.holder_ref,
        region=old.region,
        district_id=old.district_id,
        issued_by=old.issued_by,
        office=old.office,
        entitlement=old.entitlement,
        stolen_at=old.theft_reported_at(body.reason, clock.now()),
    )
    new = new.of_placement(old).instead_of(old)
    replaced = old.replace(new.id, body.reason, clock.now())
    # A theft that was reported before is no new one: her contact may have changed since.
    theft_is_new = new.stolen_at not in (None, old.stolen_at)
    context.reason = body.reason
    return cards.save_issued(
        context,
        new,
        replaced=replaced,
        holder=holders.robbed(old.holder_id) if theft_is_new else UNCHANGED,
        events=[events.issued(new), events.replaced(replaced), *events.placement_of(new)],
        writes=writes,
    )


def renew_code(card_id: CardId, context: CommandContext, cards: Cards, vault: Vault) -> Receipt:
    """Give a new activation code for a card not activated yet."""
    card = load_authorised(card_id, "renew_code", context.actor, cards)
    return save_new_code(card, context, cards, vault)


def save_new_code(
    card: Card, context: CommandContext, cards: Cards, vault: Vault, *, off: bool = False
) -> Receipt:
    """Store a new code of a card and let it be sent; the one before is void.

    That of a card that is `off` is sent when it is found.
    """
    number = vault_records.open_card(card, context, "renew_code", vault)[vault_records.NUMBER]
    code = ids.number(CODE_DIGITS)
    renewed = card.renew_code(_hashed(card.handle, code, card.region), off=off)
    return cards.save_issued(
        context,
        renewed,
        events=[] if off else [events.issued(renewed, renewed=True)],
        writes=vault_records.seal_code(card, number, code, vault),
    )


def block_card(
    card_id: CardId, body: BlockCard, context: CommandContext, cards: Cards, holders: Holders
) -> Receipt:
    """Report a card lost: tills refuse it at once, and a phone lost with it proves no one."""
    card = load_authorised(card_id, "block_card", context.actor, cards)
    card = card.block(body.reason, clock.now())
    context.reason = body.reason
    holder = holders.robbed(card.holder_id) if body.reason in BLOCKED_BY_THEFT else UNCHANGED
    event = events.blocked(card, context.actor.role)
    return cards.save_card(context, card, holder=holder, events=[event])


def unblock_card(
    card_id: CardId, context: CommandContext, cards: Cards, holders: Holders
) -> Receipt:
    """Use a found card again; a phone that was stolen with it is signed out and cannot say so."""
    card = load_authorised(card_id, "unblock_card", context.actor, cards)
    theft = card.reason in BLOCKED_BY_THEFT  # else the card alone was lost, and is found
    users = holders.with_phone_of(card.holder_id) if theft else []
    again = (each.found(card.stolen_before) for each in users if each.stolen_at)
    found = card.unblock(clock.now(), regions.zone(card.region))
    return cards.save_card(
        context,
        found,
        holder=HolderChange(tuple(map(holders.row, again))),
        events=events.unblocked(card, found),
    )


def move_card(card_id: CardId, body: MoveCard, context: CommandContext, cards: Cards) -> Receipt:
    """Correct the district of a card: its holder has moved, or it was mistyped.

    The leader of the new district has it from then on, and its holder the news of partners there.
    """
    before = load_authorised(card_id, "move_card", context.actor, cards)
    regions.check_district(before.region, body.district_id)
    card = before.move(body.district_id)
    return cards.save_card(context, card, events=events.moved(before, card))


def revoke_card(
    card_id: CardId, body: RevokeCard, context: CommandContext, cards: Cards, holders: Holders
) -> Receipt:
    """Confirm that the holder is no longer entitled; who shares her phone signs in by it now."""
    card = load_authorised(card_id, "revoke_card", context.actor, cards)
    revoked = card.revoke(body.reason, clock.now())
    context.reason = body.reason
    holder = holders.passed_on(card.holder_id, cards.settled_of_person)
    return cards.save_card(context, revoked, holder=holder, events=[events.revoked(revoked)])


def withdraw_consent(card_id: CardId, context: CommandContext, cards: Cards) -> Receipt:
    """Take back the consent to letters of the community; the card stays valid."""
    return _with_consent(card_id, "withdraw_consent", False, context, cards)


def give_consent(card_id: CardId, context: CommandContext, cards: Cards) -> Receipt:
    """Agree to letters of the community, also after having taken that back."""
    return _with_consent(card_id, "give_consent", True, context, cards)


def _with_consent(
    card_id: str, action: str, agreed: bool, context: CommandContext, cards: Cards
) -> Receipt:
    before = load_authorised(card_id, action, context.actor, cards)
    card = before.consent_to_letters(agreed)
    changed = [events.consent(card)] if before.consent_community is not agreed else []
    # The card alone: the number of its file may be that of a later card.
    return cards.save(context, card, events=changed)


def made_card(
    vault: Vault,
    contact: Contact | None = None,
    *,
    holder_ref: str,
    region: str,
    district_id: str,
    issued_by: str | None,
    office: str,
    entitlement: Entitlement,
    stolen_at: datetime | None = None,
) -> tuple[Card, list[RawWrite]]:
    """Return a new card with a number and a code, and the rows that seal these."""
    number, code = card_numbers.new_number(), ids.number(CODE_DIGITS)
    handle = handle_of(number)
    card = Card(
        id=ids.new("crd"),
        handle=handle,
        last4=number[-4:],
        holder_ref=holder_ref,
        holder_id=holder_id(region, holder_ref),
        region=region,
        district_id=district_id,
        issued_by=issued_by,
        office=office,
        entitlement=entitlement,
        issued_at=clock.now(),
        code=_hashed(handle, code, region),
        stolen_at=stolen_at,
    )
    return card, vault_records.seal_card(card, number, code, contact, vault)


def _hashed(handle: str, code: str, region: str) -> ActivationCode:
    code_hash = vault_records.code_hash(handle, code)
    return ActivationCode.made(code_hash, clock.now(), regions.zone(region))
