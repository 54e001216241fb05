"""Cards and checks, counted from the service's own events."""

from collections.abc import Callable
from datetime import date
from typing import Any

from services.cards.counters import events
from services.cards.counters.domain import TillCounter, TillDay
from services.cards.counters.repository import (
    CardCounters,
    TillCounters,
    TillDays,
    cardless_check,
    first_visit,
)
from services.cards.counters.values import DayStatus
from shared import clock
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
from shared.observability import count
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row
from shared.storage.transaction import NameTaken


def count_card(received: Received[Any], context: CommandContext, counters: CardCounters) -> None:
    """Count what happened to a card in the figures of its issue month."""
    event = received.event
    if more := _counts_of(event):
        counter = counters.shard(event.region, event.issued_month, event.card_id)
        counters.save(context, counter.plus(**more))


def _counts_of(event: Any) -> dict[str, int]:
    new, consented = int(event.is_new_order), int(event.is_new_order and event.consent_community)
    activated = {"activated": 1, "new_activated": new, "new_consented": consented}
    match event:
        case CardIssued():
            # A renewed code is sent again; the card was counted when it was made.
            return {} if event.renewed else {"issued": 1, "new_issued": new}
        case CardActivated() if not event.again:
            return activated
        case CardBlocked():
            return {"blocked": 1}
        case CardReplaced() | CardRevoked():
            late = {"issued": 1, "new_issued": new} if event.never_issued else {}
            late |= activated if event.activated else {}
            if isinstance(event, CardReplaced) and event.unused:
                # What an order brought is one card; the one that is used counts in its own month.
                late["new_issued"] = late.get("new_issued", 0) - new
            return late | {"replaced" if isinstance(event, CardReplaced) else "revoked": 1}
    return {}


def count_check(
    received: Received[CardChecked], context: CommandContext, counters: TillCounters, days: TillDays
) -> None:
    """Count a valid check, and whether it is the card's first at this partner in the month."""
    event = received.event
    counter, used = _counter_of(received, counters)
    counter, also = _on_day(received, counter, counters, days, valid=1)
    also += used
    marker = first_visit(event.partner_id, event.month, event.visitor)
    writes = [cardless_check(event)]
    try:
        first = counter.plus(checks=1, distinct_cards=1)
        counters.save(context, first, *also, unique=[marker], writes=writes)
    except NameTaken:
        counters.save(context, counter.plus(checks=1), *also, writes=writes)


def count_refusal(
    received: Received[CardCheckRefused],
    context: CommandContext,
    counters: TillCounters,
    days: TillDays,
) -> None:
    """Count a refused check."""
    counter, used = _counter_of(received, counters)
    counter, also = _on_day(received, counter, counters, days)
    writes = [cardless_check(received.event)]
    counters.save(context, counter.plus(refused=1), *also, *used, writes=writes)


def count_purchase(
    received: Received[Any], context: CommandContext, counters: TillCounters, days: TillDays
) -> None:
    """Count a purchase, or take what was returned of one out again."""
    event = received.event
    returned = isinstance(event, PurchaseRolledBack)
    sign = -1 if returned else 1
    # A purchase of which something is left is one still.
    purchases = 0 if returned and not event.whole else sign
    money = {"amount": sign * event.amount, "saved": sign * event.saved_amount}
    counter = counters.shard(event.region, event.partner_id, event.month, event.check_id)
    done = {"checks": 0, "returns" if returned else "purchases": 1, **money}
    counter, also = _on_day(received, counter, counters, days, **done)
    counters.save(context, counter.plus(purchases=purchases, **money), *also)


def sum_day(day_id: str, context: CommandContext, counters: TillCounters, days: TillDays) -> None:
    """Publish the sum of a day that is over, once; the shards are read after the day's row."""
    day = days.get(day_id)
    now = clock.now()
    if day.due(now, regions.zone(day.region)):
        event = events.summed(day, counters.of_day(day.partner_id, day.day))
        days.save(context, day.sum_up(now), events=[event])


def _on_day(
    received: Received[Any],
    counter: TillCounter,
    counters: TillCounters,
    days: TillDays,
    *,
    checks: int = 1,
    **more: int,
) -> tuple[TillCounter, list[Row]]:
    """Count on the region's day of an event too; return the counter, and what else has changed."""
    event = received.event
    day, changed = _open_day(received, days)
    month = f"{day:%Y-%m}"
    own = counter.month == month
    # What is returned in a later month is taken out of that of the purchase, on the day it is.
    place = (
        counter if own else counters.shard(event.region, event.partner_id, month, event.check_id)
    )
    if day not in place.days:
        place = place.without_days(days.summed(event.partner_id, place.days))
        if not changed and days.find_day(event.partner_id, day) is None:
            changed = [days.row(_begun(event, day))]
    place = place.plus_on(day, checks=checks, **more)
    return (place, changed) if own else (counter, [*changed, counters.row(place)])


def _open_day(received: Received[Any], days: TillDays) -> tuple[date, list[Row]]:
    """Return the day to count an event on, and its row when that is over and not summed yet.

    Until an hour after its end a day is open, so today's needs no look.
    """
    event, zone = received.event, regions.zone(received.event.region)
    day, today = (calendar.local_date(zone, each) for each in (received.time, clock.now()))
    if day >= today:
        return day, []
    known = days.find_day(event.partner_id, day)
    if known is None:
        return day, [days.row(_begun(event, day))]
    if known.status is DayStatus.SUMMED:
        count("check_counted_late")
        return today, []
    return day, [days.row(known)]  # its next version: who sums it up meanwhile begins anew


def _begun(event: Any, day: date) -> TillDay:
    zone = regions.zone(event.region)
    return TillDay.begun(event.region, event.partner_id, day, clock.now(), zone)


def _counter_of(
    received: Received[CardChecked] | Received[CardCheckRefused], counters: TillCounters
) -> tuple[TillCounter, list[Row]]:
    """Return the counter of a check, and the one of its store key, once a day of its use.

    A key has a shard of its own: each check of a chain would else write the days of all its keys.
    """
    event = received.event
    asked = (event.region, event.partner_id, event.month)
    counter, keeper = (counters.shard(*asked, each) for each in (event.check_id, event.key_id))
    used_on = calendar.local_date(regions.zone(event.region), received.time)
    used = keeper.with_key_used(event.key_id, used_on)
    if used == keeper:
        return counter, []
    return (used, []) if keeper.id == counter.id else (counter, [counters.row(used)])


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
DEADLINES = {"TILL_DAY": sum_day}
