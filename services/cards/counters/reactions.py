"""What happens to cards and at tills, counted from the service's own events."""

from typing import Any

from services.cards.counters.domain import Use
from services.cards.counters.repository import Cohorts, Uses, first_visit, kept
from shared.events import cards as told
from shared.events.base import Received
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext
from shared.storage.store import NameTaken


def count_card(received: Received[Any], context: CommandContext, cohorts: Cohorts) -> None:
    """Note what became of a card in the figures of its issue month."""
    event = received.event
    more = _of_card(event)
    if not more:
        return
    cohort = cohorts.shard(event.region, event.issued_month, event.card_id)
    counts = cohort.counts.plus(**more)
    cohorts.save(context, cohort.model_copy(update={"counts": counts}))


def _of_card(event: Any) -> dict[str, int]:
    new = int(event.is_new_order)
    match event:
        case told.CardIssued():
            # A renewed code tells the holder again; the card was counted when it was made.
            return {} if event.renewed else {"issued": 1, "new_issued": new}
        case told.CardActivated() if not event.again:
            consented = int(event.is_new_order and event.consent_community)
            return {"activated": 1, "new_activated": new, "new_consented": consented}
        case told.CardBlocked():
            return {"blocked": 1}
        case told.CardReplaced():
            return {"replaced": 1}
        case told.CardRevoked():
            return {"revoked": 1}
    return {}


def count_check(received: Received[told.CardChecked], context: CommandContext, uses: Uses) -> None:
    """Note a valid check, and whether it is the card's first at this partner in the month."""
    event = received.event
    use, writes = _used(received, uses), kept(received.event)
    marker = first_visit(event.partner_id, event.month, event.visitor)
    try:
        uses.save(context, use.counting(checks=1, distinct_cards=1), unique=[marker], writes=writes)
    except NameTaken:
        uses.save(context, use.counting(checks=1), writes=writes)


def count_refusal(
    received: Received[told.CardCheckRefused], context: CommandContext, uses: Uses
) -> None:
    """Note a refused check."""
    uses.save(context, _used(received, uses).counting(refused=1), writes=kept(received.event))


def count_purchase(received: Received[Any], context: CommandContext, uses: Uses) -> None:
    """Note a purchase, or take a returned one out again."""
    event = received.event
    sign = 1 if isinstance(event, told.PurchaseRecorded) else -1
    use = uses.shard(event.region, event.partner_id, event.month, event.check_id)
    grown = use.counting(
        purchases=sign, amount=sign * event.amount, saved=sign * event.saved_amount
    )
    uses.save(context, grown)


def _used(
    received: Received[told.CardChecked] | Received[told.CardCheckRefused], uses: Uses
) -> Use:
    """The counter of a check, knowing when its store key was last used."""
    event = received.event
    use = uses.shard(event.region, event.partner_id, event.month, event.check_id)
    return use.used_by(event.key_id, calendar.local_date(regions.zone(event.region), received.time))
