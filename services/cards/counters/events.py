"""The event of a day at the tills of a partner."""

from services.cards.counters.domain import DayCounts, TillDay
from shared.events.cards import CardChecksSummed


def summed(day: TillDay, counts: DayCounts) -> CardChecksSummed:
    """Return the event of a day that is over, with what was counted of it."""
    return CardChecksSummed(
        region=day.region,
        sum_id=day.id,
        partner_id=day.partner_id,
        day=day.day,
        checks=counts.checks,
        valid=counts.valid,
        purchases=counts.purchases,
        returns=counts.returns,
        amount=counts.amount,
        saved_amount=counts.saved,
    )
