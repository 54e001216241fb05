"""A card is issued on a placement order, or held until a leader says whose it is.

Most files and phones are new, so that is tried first and costs no read: the names of both are
claimed by the commit. What a name refuses is looked at, and tried again as it was found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from services.cards.cards import events
from services.cards.cards.commands import IssueCard
from services.cards.cards.domain import Card
from services.cards.cards.policy import OFFICE, is_own, load_authorised, new_card, resource
from services.cards.cards.repository import Cards, moved
from services.cards.cards.use_cases import made_card
from services.cards.cards.values import (
    CardId,
    CardStatus,
    Entitlement,
    FileMark,
    Hold,
    HoldDecision,
    OtherCard,
)
from services.cards.holders.repository import Holders
from services.cards.holders.values import UNCHANGED, HolderChange
from services.cards.holders.vault_records import contact_index
from services.cards.issuing.commands import DecideDuplicate
from services.cards.issuing.domain import (
    FileClaim,
    is_of_office,
    of_same_person,
    own_ref,
    require_free,
)
from services.cards.issuing.repository import held_beside, living_of_same_person, same_person
from services.cards.policy import POLICY, offering
from services.cards.programmes.policy import resource as programme_of
from services.cards.programmes.repository import Programmes
from shared import clock
from shared.errors import Forbidden, IllegalStep, Invalid, VersionConflict
from shared.events.base import Event
from shared.privacy.vault import Vault
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import UniqueName


def issue_card(
    body: IssueCard, context: CommandContext, cards: Cards, programmes: Programmes, vault: Vault
) -> Receipt:
    """Issue a card on a placement order or to a current foster parent.

    One whose file number another office has or had, or whose phone another holder, is `held`.
    """
    entitlement = _entitled(body, context, programmes)
    holders, phone = Holders(cards.store), contact_index(body.contact, vault)
    first = holders.first_change(body.region, body.holder_ref, phone)
    claim = FileClaim(holder_ref=body.holder_ref)
    try:
        return _save(body, entitlement, claim, first, context, cards, vault)
    except (VersionConflict, IllegalStep):
        pass  # the file or the phone is known, or the person was erased
    claim = _claim(body, context, cards)
    change = UNCHANGED
    if body.contact is not None:
        last = cards.get(claim.taken_from.card_id) if claim.taken_from else None
        with offering(context.actor, resource(last) if last else None):
            change = holders.change(body.region, claim.holder_ref, phone, cards.living_of_person)
    return _save(body, entitlement, claim, change, context, cards, vault, phone)


def decide_duplicate(
    card_id: CardId,
    body: DecideDuplicate,
    context: CommandContext,
    cards: Cards,
    holders: Holders,
) -> Receipt:
    """Decide whose a held card is: a second one of the same person ends, any other goes on.

    When the card that it was held beside has ended, the same person has this one from now on.
    """
    card = load_authorised(card_id, "decide_duplicate", context.actor, cards)
    beside = held_beside(card, cards)
    if any(is_own(each, context.actor) for each in beside):
        raise Forbidden("decide_duplicate", "own_card")
    context.reason, decision = body.reason, HoldDecision(body.decision)
    same = decision is HoldDecision.SAME_PERSON
    if body.same_as and not same:
        raise Invalid("same_as_needless", "/same_as")
    others = of_same_person(card, beside, body.same_as) if same else []
    if same and not any(map(cards.living_of_file, others)):
        decision = HoldDecision.SAME_PERSON_AGAIN
    decided = card.beside_only(others) if same else card
    decided = decided.decide_duplicate(decision, clock.now(), regions.zone(card.region))
    if decision is HoldDecision.SAME_PERSON:
        holder = holders.released(card.holder_id, cards.settled_of_person)
    else:
        contact = card.hold.contact if card.hold else None
        holder = holders.shared(card.region, card.holder_ref, contact, cards.living_of_person)
        holder = replace(holder, unique=(*holder.unique, *_moved(others, decided, cards)))
    # What is kept of the person at every office is erased with her.
    links = [same_person((c.region, c.holder_ref), (card.region, card.holder_ref)) for c in others]
    return cards.save_card(context, decided, holder=holder, events=_events(decided), writes=links)


def _moved(others: Sequence[Card], card: Card, cards: Cards) -> Iterator[UniqueName]:
    """Return the numbers of the files whose person has this card from now on."""
    for each in others:
        mark = cards.file_mark(each.region, each.holder_ref)
        if mark is not None and each.holder_ref != card.holder_ref:
            yield moved(each, mark, card)


def _save(
    body: IssueCard,
    entitlement: Entitlement,
    claim: FileClaim,
    change: HolderChange[Card],
    context: CommandContext,
    cards: Cards,
    vault: Vault,
    phone: str | None = None,
) -> Receipt:
    card, writes = made_card(
        vault,
        body.contact,
        holder_ref=claim.holder_ref,
        region=body.region,
        district_id=body.district_id,
        issued_by=body.district_id if context.actor.role == OFFICE else None,
        office=body.district_id,
        entitlement=entitlement,
    )
    same_phone = OtherCard.elsewhere(change.other, card.region, card.office)
    card = card.held(Hold.of(claim.other, same_phone, phone, clock.now()))
    return cards.save_issued(
        context,
        card,
        taken_from=claim.taken_from,
        holder=change,
        events=[events.held(card) if card.status is CardStatus.HELD else events.issued(card)],
        writes=writes,
    )


def _claim(body: IssueCard, context: CommandContext, cards: Cards) -> FileClaim:
    """Return the reference that the number of the file gets; refuse one that has a card."""
    region, ref = body.region, body.holder_ref
    mark = cards.file_mark(region, ref)
    if mark is None:
        return FileClaim(holder_ref=ref)
    living = cards.living_of(mark)
    if is_of_office(mark, living, ref, body.district_id):
        return _claim_again(ref, mark, context, cards)
    own = own_ref(ref, body.district_id)
    before = cards.file_mark(region, own)
    if before is None:
        beside = living or _last(mark, cards)
        return FileClaim(holder_ref=own, other=beside and OtherCard.of(beside))
    return _claim_again(own, before, context, cards)


def _claim_again(ref: str, mark: FileMark, context: CommandContext, cards: Cards) -> FileClaim:
    """Return the claim to a reference that the office had used before, if it is free now.

    What the caller may do instead is done to the present card, wherever its holder lives now.
    """
    last = cards.get(mark.card_id)
    present = living_of_same_person(last, cards)
    with offering(context.actor, resource(present) if present else None):
        require_free(mark, present)
    other = OtherCard.of(last) if mark.state == "moved" else None
    return FileClaim(holder_ref=ref, taken_from=mark, other=other)


def _last(mark: FileMark, cards: Cards) -> Card | None:
    """Return the card of a file that was used before, or the one its person has instead."""
    last = cards.get(mark.card_id)
    if last.erased_at is not None:
        return None
    return living_of_same_person(last, cards) or last


def _entitled(body: IssueCard, context: CommandContext, programmes: Programmes) -> Entitlement:
    """Return the ground for a card; refuse one that is missing, and a foreign territory."""
    regions.check_district(body.region, body.district_id)
    entitlement = body.entitlement()
    target = new_card(body.region, body.district_id, on_order=entitlement.order is not None)
    on_order = new_card(body.region, body.district_id, on_order=True)
    may, may_on_order = (POLICY.allows(context.actor, "issue_card", c) for c in (target, on_order))
    if may_on_order and not may:
        raise Invalid("row_without_order", "/order")
    POLICY.require_create(context.actor, "issue_card", target)
    require_programme(body.region, context, programmes)
    entitlement.require(calendar.local_date(regions.zone(body.region), clock.now()))
    return entitlement


def require_programme(region: str, context: CommandContext, programmes: Programmes) -> None:
    """Refuse cards where no programme runs, with the step that the caller may take."""
    with offering(context.actor, programme_of(region)):
        programmes.require_running(region)


def _events(card: Card) -> list[Event]:
    """Return what a decision says, and what follows from it for a holder who knows the card."""
    decided: list[Event] = [events.hold_decided(card)]
    if card.status is CardStatus.ISSUED:
        return [*decided, events.issued(card)]
    if card.status is CardStatus.ACTIVE:
        return [*decided, *events.first_activation(card)]
    ended = card.status is CardStatus.REVOKED and card.activation is not None
    return [*decided, events.revoked(card)] if ended else decided
