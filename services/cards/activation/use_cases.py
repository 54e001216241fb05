"""The holder puts a card into use: with the code, through bot, web or a leader's help."""

from dataclasses import replace

from services.cards import card_numbers
from services.cards.activation.commands import ActivateCard
from services.cards.cards import events, vault_records
from services.cards.cards.domain import Card
from services.cards.cards.policy import load_authorised, new_card, resource
from services.cards.cards.repository import Cards, handle_of
from services.cards.cards.values import Activation, CardId, Via
from services.cards.policy import POLICY
from shared import clock
from shared.errors import Invalid
from shared.events.base import Event
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt

LEADER = "community_leader"


def activate_card(
    body: ActivateCard, context: CommandContext, cards: Cards, vault: Vault
) -> Receipt:
    """Activate a card with its number, its code and the holder's consent."""
    card = _find_card(body, context, cards)
    person, via = _holder(context.actor, card)
    code_hash = vault_records.code_hash(card.handle, body.activation_code)
    if card.already_activated_by(person, code_hash):
        return Receipt(id=card.id, version=card.version, status=card.status)
    card.require_enterable(clock.now())
    if not card.code.fits(code_hash):
        _count_wrong_code(card, context, cards)
        raise _wrong_code()
    regions.check_district(card.region, body.district_id)
    if via == "leader":
        _record_evidence(body, context, card)
    active = card.activate(
        Activation(
            person=person,
            at=clock.now(),
            via=via,
            district_id=body.district_id,
            consent_processing=body.consent_processing,
            consent_community=body.consent_community,
        )
    )
    return cards.save_card(
        context,
        active,
        events=[events.activated(active), *_consent(active)],
        writes=vault_records.seal_contact(active, body.contact, vault),
        number=str(active.generation),
    )


def hand_over_code(card_id: CardId, context: CommandContext, cards: Cards) -> Receipt:
    """Move the card to another phone; codes handed out before are void."""
    card = load_authorised(card_id, "hand_over_code", context.actor, cards).hand_over_code()
    return cards.save_card(context, card, number=str(card.generation))


def _consent(card: Card) -> list[Event]:
    return [events.consent(card)] if card.consent_community else []


def _find_card(body: ActivateCard, context: CommandContext, cards: Cards) -> Card:
    """Return the card of that number; an unknown one is refused just like a wrong code."""
    number = card_numbers.normalise(body.number)
    card = cards.find_by_handle(handle_of(number)) if number else None
    if card is not None:
        POLICY.require(context.actor, "activate_card", resource(card))
        return card
    own = next(iter(context.actor.regions), ""), next(iter(context.actor.districts), "")
    POLICY.require_create(context.actor, "activate_card", new_card(*own, on_order=False))
    raise _wrong_code()


def _holder(actor: Principal, card: Card) -> tuple[str, Via]:
    """Return who will hold the card; a leader acts for the person that the office named."""
    if actor.role == LEADER:
        return card.holder_ref, "leader"
    return actor.acts_for, "bot" if actor.kind == "machine" else "web"


def _record_evidence(body: ActivateCard, context: CommandContext, card: Card) -> None:
    """Name leader and holder in the audit, with how the leader knew the holder."""
    if body.evidence is None:
        raise Invalid("evidence_missing", "/evidence")
    context.actor = context.actor.acting_for(card.holder_ref, body.evidence)


def _count_wrong_code(card: Card, context: CommandContext, cards: Cards) -> None:
    # The refusal is the answer to this call, so its Idempotency-Key must not remember a success.
    wrong = replace(context, once=None, action="enter_wrong_code")
    cards.save_card(wrong, card.count_wrong_code())


def _wrong_code() -> Invalid:
    return Invalid("activation_code_wrong", "/activation_code")
