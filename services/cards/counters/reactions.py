"""Cards and checks, counted from the service's own events."""

from collections.abc import Callable
from typing import Any

from services.cards.counters.domain import TillCounter
from services.cards.counters.repository import (
    CardCounters,
    TillCounters,
    cardless_check,
    first_visit,
)
from shared.events.base import Event, Received
from shared.events.cards import (
    CardActivated,
    CardBlocked,
    CardChecked,
    CardCheckRefused,
    CardIssued,
    CardReplaced,
    CardRevoked,
    PurchaseRecorded,
    PurchaseRolledBack,
)
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext
from shared.storage.store import NameTaken


def count_card(received: Received[Any], context: CommandContext, counters: CardCounters) -> None:
    """Count what happened to a card in the figures of its issue month."""
    event = received.event
    if more := _counts_of(event):
        counter = counters.shard(event.region, event.issued_month, event.card_id)
        counters.save(context, counter.plus(**more))


def _counts_of(event: Any) -> dict[str, int]:
    new = int(event.is_new_order)
    match event:
        case CardIssued():
            # A renewed code is sent again; the card was counted when it was made.
            return {} if event.renewed else {"issued": 1, "new_issued": new}
        case CardActivated() if not event.again:
            consented = int(event.is_new_order and event.consent_community)
            return {"activated": 1, "new_activated": new, "new_consented": consented}
        case CardBlocked():
            return {"blocked": 1}
        case CardReplaced():
            return {"replaced": 1}
        case CardRevoked():
            return {"revoked": 1}
    return {}


def count_check(
    received: Received[CardChecked], context: CommandContext, counters: TillCounters
) -> None:
    """Count a valid check, and whether it is the card's first at this partner in the month."""
    event = received.event
    counter, writes = _counter_of(received, counters), [cardless_check(event)]
    marker = first_visit(event.partner_id, event.month, event.visitor)
    try:
        counters.save(
            context, counter.plus(checks=1, distinct_cards=1), unique=[marker], writes=writes
        )
    except NameTaken:
        counters.save(context, counter.plus(checks=1), writes=writes)


def count_refusal(
    received: Received[CardCheckRefused], context: CommandContext, counters: TillCounters
) -> None:
    """Count a refused check."""
    counter = _counter_of(received, counters).plus(refused=1)
    counters.save(context, counter, writes=[cardless_check(received.event)])


def count_purchase(
    received: Received[Any], context: CommandContext, counters: TillCounters
) -> None:
    """Count a purchase, or take what was returned of one out again."""
    event = received.event
    returned = isinstance(event, PurchaseRolledBack)
    sign = -1 if returned else 1
    # A purchase of which something is left is one still.
    purchases = 0 if returned and not event.whole else sign
    counter = counters.shard(event.region, event.partner_id, event.month, event.check_id)
    counters.save(
        context,
        counter.plus(
            purchases=purchases, amount=sign * event.amount, saved=sign * event.saved_amount
        ),
    )


def _counter_of(
    received: Received[CardChecked] | Received[CardCheckRefused], counters: TillCounters
) -> TillCounter:
    """Return the counter of a check, with the day on which its store key was used."""
    event = received.event
    counter = counters.shard(event.region, event.partner_id, event.month, event.check_id)
    used_on = calendar.local_date(regions.zone(event.region), received.time)
    return counter.with_key_used(event.key_id, used_on)


REACTIONS: dict[type[Event], Callable[..., None]] = {
    CardIssued: count_card,
    CardActivated: count_card,
    CardBlocked: count_card,
    CardReplaced: count_card,
    CardRevoked: count_card,
    CardChecked: count_check,
    CardCheckRefused: count_refusal,
    PurchaseRecorded: count_purchase,
    PurchaseRolledBack: count_purchase,
}
