"""The holder puts a card into use: with the code, through bot, web or a leader's help."""

from services.cards import card_numbers
from services.cards.activation.commands import ActivateCard
from services.cards.activation.policy import LEADER, authorised, count_try
from services.cards.cards import events, vault_records
from services.cards.cards.domain import Card
from services.cards.cards.policy import load_authorised, resource
from services.cards.cards.repository import Cards, handle_of
from services.cards.cards.use_cases import CODE_DIGITS
from services.cards.cards.values import Activation, CardId, CardStatus, Hold, OtherCard, Via
from services.cards.holders.repository import Holders
from services.cards.holders.vault_records import contact_index
from services.cards.policy import offering
from shared import clock
from shared.api.inputs import Request
from shared.errors import Invalid
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def activate_card(
    body: ActivateCard,
    request: Request,
    context: CommandContext,
    cards: Cards,
    holders: Holders,
    vault: Vault,
) -> Receipt:
    """Activate a card with its number, its code and the holder's consent.

    One whose phone is that of another office's holder is `held` for a leader, and shows no code.
    """
    number = card_numbers.normalise(body.number)
    code = card_numbers.digits_in(body.activation_code, CODE_DIGITS)
    found = cards.find_by_handle(handle_of(number)) if number else None
    card = authorised(found, context.actor, cards)
    # What no card has, or what lacks a part, is no guess at any.
    if number is None:
        raise Invalid("card_number_mistyped", "/number")
    if code is None:
        raise Invalid("activation_code_mistyped", "/activation_code")
    Card.require_consent(body.consent_processing)
    if context.actor.role == LEADER and body.evidence is None:
        raise Invalid("evidence_missing", "/evidence")
    if context.actor.role != LEADER and body.evidence is not None:
        raise Invalid("evidence_of_own_word", "/evidence")
    if card is not None and _is_done(card, code, context.actor):
        done = Receipt(id=card.id, version=card.version, status=card.status)
        return cards.store.commit(context, receipt=done)  # or the answer that the call was given
    cards.store.require_first(context)
    count_try(number, card, context.actor, request.source_address, cards, vault)
    if card is None or not card.code.fits(_code_hash(card, code)):
        raise Invalid("activation_code_wrong", "/activation_code")
    return _save(card, _activated(card, body, context), body, context, cards, holders, vault)


def _save(
    before: Card,
    card: Card,
    body: ActivateCard,
    context: CommandContext,
    cards: Cards,
    holders: Holders,
    vault: Vault,
) -> Receipt:
    """Store a card in use, or held where its phone is that of another office's holder."""
    contact = contact_index(body.contact, vault)
    with offering(context.actor, resource(card)):
        holder = holders.change(card.region, card.holder_ref, contact, cards.living_of_person)
    same_phone = OtherCard.elsewhere(holder.other, card.region, card.office)
    active = card.held(Hold.of(None, same_phone, contact, clock.now()))
    held = active.status is CardStatus.HELD
    helped = context.actor.role == LEADER
    return cards.save_card(
        context,
        active,
        holder=holder,
        events=[
            *([events.held(active)] if held else events.first_activation(active)),
            *events.moved(before, active),
        ],
        writes=vault_records.seal_contact(active, body.contact, vault),
        # The phone's secret is the holder's alone: who was helped takes it with her own phone.
        number=None if held or helped else str(active.generation),
    )


def _activated(card: Card, body: ActivateCard, context: CommandContext) -> Card:
    """Return the card in use; the evidence of a leader who helps is in the audit."""
    person, via = _holder(context.actor, card)
    regions.check_district(card.region, body.district_id)
    if via == "leader" and body.evidence is not None:
        context.actor = context.actor.acting_for(card.holder_id, body.evidence)
    activation = Activation(
        person=person,
        at=clock.now(),
        via=via,
        district_id=body.district_id,
        consent_processing=body.consent_processing,
        consent_community=body.consent_community,
    )
    return card.activate(activation)


def hand_over_code(card_id: CardId, context: CommandContext, cards: Cards) -> Receipt:
    """Move the card to another phone; codes handed out before are void."""
    card = load_authorised(card_id, "hand_over_code", context.actor, cards).hand_over_code()
    return cards.save_card(context, card, number=str(card.generation))


def _is_done(card: Card, code: str, actor: Principal) -> bool:
    person, _ = _holder(actor, card)
    return card.already_activated_by(person, _code_hash(card, code))


def _code_hash(card: Card, code: str) -> str:
    return vault_records.code_hash(card.handle, code)


def _holder(actor: Principal, card: Card) -> tuple[str, Via]:
    """Return who will hold the card; a leader acts for the person that the office named."""
    if actor.role == LEADER:
        return card.holder_id, "leader"
    return actor.acts_for, "bot" if actor.kind == "machine" else "web"
