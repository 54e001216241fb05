"""The holder puts a card into use: with the code, through bot, web or a leader's help."""

from dataclasses import replace

from services.cards import card_numbers as numbers
from services.cards import policy, qr_codes
from services.cards.cards import events as telling
from services.cards.cards import vault_records as sealed
from services.cards.cards.commands import ActivateCard, ActivatedCard
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards, handle_of
from services.cards.cards.values import Activation, Via
from shared import clock, keyring
from shared.errors import Invalid
from shared.principal import Principal
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt

LEADER = "community_leader"


def activate_card(body: ActivateCard, context: CommandContext, cards: Cards) -> Receipt:
    """Make a card valid; the same holder with the same code finds it as it is."""
    card = _meant(body, context, cards)
    person, via = _holder(context.actor, card)
    code_hash = sealed.code_hash(card.handle, body.activation_code)
    if card.already_activated_by(person, code_hash):
        return Receipt(id=card.id, version=card.version, status=card.status)
    card.require_enterable(clock.now())
    if not card.code.fits(code_hash):
        _count_wrong_code(card, context, cards)
        raise _wrong()
    regions.check_district(card.region, body.district_id)
    _name_evidence(body, context, card, via)
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
        events=[telling.activated(active)],
        writes=sealed.seal_contact(active, body.contact),
        number=str(active.generation),
    )


def hand_over_code(card_id: str, context: CommandContext, cards: Cards) -> Receipt:
    """Another phone or a new print takes over: codes handed out before are void."""
    card = cards.get(card_id)
    policy.POLICY.require(context.actor, "hand_over_code", policy.card(card))
    newer = card.hand_over_code()
    return cards.save_card(context, newer, number=str(newer.generation))


def told_once(receipt: Receipt, caller: Principal, cards: Cards) -> ActivatedCard:
    """The phone's secret, for the call that made it and that call's repeats only.

    The receipt's number is the generation that the call began; a call that changed nothing has
    none, and a later generation has made the secret worthless.
    """
    card = cards.get(receipt.id)
    answer = ActivatedCard(id=receipt.id, version=receipt.version, status=card.status)
    if receipt.number != str(card.generation):
        return answer
    key = keyring.from_env().child(qr_codes.ROTATING_KEY)
    return answer.model_copy(
        update={
            "handle": card.handle,
            "generation": card.generation,
            "qr_secret": qr_codes.rotating_secret(key, card.handle, card.generation),
        }
    )


def _meant(body: ActivateCard, context: CommandContext, cards: Cards) -> Card:
    """The card of that number; an unknown one is refused just like a wrong code."""
    number = numbers.normalise(body.number)
    card = cards.by_handle(handle_of(number)) if number else None
    if card is not None:
        policy.POLICY.require(context.actor, "activate_card", policy.card(card))
        return card
    own = next(iter(context.actor.regions), ""), next(iter(context.actor.districts), "")
    policy.POLICY.require_create(
        context.actor, "activate_card", policy.new_card(*own, on_order=False)
    )
    raise _wrong()


def _holder(actor: Principal, card: Card) -> tuple[str, Via]:
    """Whose card it becomes; a leader acts for the person whom the office named."""
    if actor.role == LEADER:
        return card.holder_ref, "leader"
    return actor.acts_for, "bot" if actor.kind == "machine" else "web"


def _name_evidence(body: ActivateCard, context: CommandContext, card: Card, via: Via) -> None:
    """A helping leader says how the holder was known; the audit names both."""
    if via != "leader":
        return
    if body.evidence is None:
        raise Invalid("evidence_missing", "/evidence")
    context.actor = context.actor.acting_for(card.holder_ref, body.evidence)


def _count_wrong_code(card: Card, context: CommandContext, cards: Cards) -> None:
    # The refusal is the answer to this call, so its Idempotency-Key must not remember a success.
    wrong = replace(context, once=None, action="enter_wrong_code")
    cards.save_card(wrong, card.count_wrong_code())


def _wrong() -> Invalid:
    return Invalid("activation_code_wrong", "/activation_code")
