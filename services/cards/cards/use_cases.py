"""A card comes into being: one by one, as a replacement, or as one row of a batch."""

from services.cards import card_numbers as numbers
from services.cards import policy
from services.cards.cards import events as telling
from services.cards.cards import vault_records as sealed
from services.cards.cards.commands import IssueCard, IssuedCard
from services.cards.cards.domain import Card
from services.cards.cards.repository import Cards, handle_of
from services.cards.cards.values import ActivationCode, Entitlement, ReplaceReason, Status
from services.cards.programmes.repository import Programmes
from shared import clock, ids
from shared.errors import IllegalStep
from shared.events.base import Event
from shared.principal import Principal
from shared.privacy.contact import Contact
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import RawWrite
from shared.storage.store import NameTaken

CODE_DIGITS = 8


def issue_card(
    body: IssueCard, context: CommandContext, cards: Cards, programmes: Programmes
) -> Receipt:
    """Issue a card on an order (district office) or to a current foster parent (leader)."""
    entitlement = _entitled(body, context, programmes)
    card, writes = _make(
        body.contact,
        holder_ref=body.holder_ref,
        region=body.region,
        district_id=body.district_id,
        entitlement=entitlement,
    )
    try:
        return cards.save_card(context, card, events=[telling.issued(card)], writes=writes)
    except NameTaken:
        raise IllegalStep("holder_has_card", ("replace_card",)) from None


def check_issue(
    body: IssueCard, context: CommandContext, cards: Cards, programmes: Programmes
) -> None:
    """Refuse what `issue_card` would refuse, and change nothing."""
    _entitled(body, context, programmes)
    if cards.find_live(body.region, body.holder_ref) is not None:
        raise IllegalStep("holder_has_card", ("replace_card",))


def replace_card(
    card_id: str, reason: ReplaceReason, context: CommandContext, cards: Cards
) -> Receipt:
    """Give the holder a new card with a new number; the old one is dead at once."""
    old = cards.get(card_id)
    policy.POLICY.require(context.actor, "replace_card", policy.card(old))
    new, writes = _make(
        None,
        holder_ref=old.holder_ref,
        region=old.region,
        district_id=old.district_id,
        entitlement=old.entitlement,
        replaces=old.id,
    )
    dead = old.replace(new.id, reason, clock.now())
    events: list[Event] = [telling.issued(new), telling.replaced(dead)]
    context.reason = reason.value
    return cards.save_card(context, new, also=dead, events=events, writes=writes)


def renew_code(card_id: str, context: CommandContext, cards: Cards) -> Receipt:
    """A new activation code for a card whose code was lost, locked or too old."""
    card = cards.get(card_id)
    policy.POLICY.require(context.actor, "renew_code", policy.card(card))
    number = sealed.open_card(card, context, "renew_code")[sealed.NUMBER]
    code = ids.number(CODE_DIGITS)
    renewed = card.renew_code(_code_of(card.handle, code, card.region))
    return cards.save_card(
        context,
        renewed,
        events=[telling.issued(renewed, renewed=True)],
        writes=sealed.seal(card, number, code),
    )


def hand_over(receipt: Receipt, caller: Principal, cards: Cards) -> IssuedCard:
    """Number and code for whoever hands the card over, after an audit entry.

    The status is the one of that moment: an office never learns what became of the card.
    """
    card = cards.get(receipt.id)
    opened = sealed.open_card(card, caller, "hand_over")
    return IssuedCard(
        id=receipt.id,
        version=receipt.version,
        status=Status.ISSUED,
        number=opened[sealed.NUMBER],
        activation_code=opened[sealed.CODE],
        code_valid_until=card.code.last_day,
    )


def _entitled(body: IssueCard, context: CommandContext, programmes: Programmes) -> Entitlement:
    """Why the holder may have a card, after all that speaks against it."""
    regions.check_district(body.region, body.district_id)
    entitlement = body.entitlement()
    target = policy.new_card(body.region, body.district_id, on_order=entitlement.order is not None)
    policy.POLICY.require_create(context.actor, "issue_card", target)
    programmes.running_in(body.region)
    entitlement.require(calendar.local_date(regions.zone(body.region), clock.now()))
    return entitlement


def _make(contact: Contact | None, **facts: object) -> tuple[Card, list[RawWrite]]:
    number, code, at = numbers.new_number(), ids.number(CODE_DIGITS), clock.now()
    handle = handle_of(number)
    card = Card.model_validate(
        {
            "id": ids.new("crd"),
            "handle": handle,
            "last4": number[-4:],
            "issued_at": at,
            "code": _code_of(handle, code, str(facts["region"])),
            **facts,
        }
    )
    return card, sealed.seal(card, number, code, contact)


def _code_of(handle: str, code: str, region: str) -> ActivationCode:
    return ActivationCode.made(sealed.code_hash(handle, code), clock.now(), region)
