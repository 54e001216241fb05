"""Counters, the markers that make "distinct" countable without a history, and cardless checks.

COHORT#<region>.<month>.<shard>     by_region   REGION#<region>      COHORT#<month>#<shard>
USE#<partner>.<month>.<shard>       by_region   REGION#<region>      USE#<month>#<partner>#<shard>
                                    by_owner    PARTNER#<partner>    <month>#<shard>
TILL_DAY#<partner>.<day>            by its deadline alone; gone 400 days after it was summed
UNIQUE#visit|<partner>|<month>|<visitor>    one per card, partner and month; gone after two years
CHECK#<check id>                    one per check, without its card; gone after 400 days
"""

from collections.abc import Iterable
from datetime import date, timedelta

from services.cards import till_read_model
from services.cards.counters.domain import (
    SHARDS,
    CardCounter,
    DayCounts,
    TillCounter,
    TillDay,
    shard_of,
    sum_of,
)
from services.cards.counters.values import DayStatus
from shared import clock
from shared.events.cards import CardChecked, CardCheckRefused
from shared.reference import regions
from shared.storage import rows
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Key, RawWrite, Row, UniqueName

MARKER_RETENTION = timedelta(days=731)
CHECK_RETENTION = timedelta(days=400)
CHECK_FIELDS = frozenset({"partner_id", "outlet_id", "key_id", "method", "month", "offer_id"})


class CardCounters(Repository[CardCounter]):
    """Cards by the month of their issue."""

    model = CardCounter
    prefix = "COHORT"

    def row(self, aggregate: CardCounter) -> Row:
        """Return the row of a shard of a month."""
        place = f"COHORT#{aggregate.month}#{aggregate.id}"
        return self._row(aggregate, lists={"by_region": (region_key(aggregate.region), place)})

    def shard(self, region: str, month: str, card_id: str) -> CardCounter:
        """Return the shard in which a card is counted."""
        identifier = f"{region}.{month}.{shard_of(card_id)}"
        return self.find(identifier) or CardCounter(id=identifier, region=region, month=month)

    def list_by_region(self, region: str, month: str = "") -> list[CardCounter]:
        """Return all shards of a region, of all months or of one."""
        return self.list_all("by_region", region_key(region), prefix=f"COHORT#{month}")


class TillCounters(Repository[TillCounter]):
    """Checks at the till by partner and month."""

    model = TillCounter
    prefix = "USE"

    def row(self, aggregate: TillCounter) -> Row:
        """Return the row of a shard of a partner's month."""
        own = f"{aggregate.month}#{aggregate.id}"
        return self._row(
            aggregate,
            lists={
                "by_region": (region_key(aggregate.region), f"USE#{own}"),
                "by_owner": (_partner_key(aggregate.partner_id), own),
            },
        )

    def shard(self, region: str, partner_id: str, month: str, counted: str) -> TillCounter:
        """Return the shard in which a check is counted, or the days of a store key."""
        identifier = f"{partner_id}.{month}.{shard_of(counted)}"
        found = self.find(identifier)
        return found or TillCounter(
            id=identifier, region=region, partner_id=partner_id, month=month
        )

    def of_day(self, partner_id: str, day: date) -> DayCounts:
        """Return what all shards have counted of a partner's day, as it is now."""
        shards = (self.find(f"{partner_id}.{day:%Y-%m}.{shard}") for shard in range(SHARDS))
        found = (shard.days.get(day) for shard in shards if shard is not None)
        return sum_of((counts for counts in found if counts is not None), DayCounts())

    def list_by_partner(self, partner_id: str, month: str) -> list[TillCounter]:
        """Return all shards of a partner's month."""
        return self.list_all("by_owner", _partner_key(partner_id), prefix=f"{month}#")

    def last_used(self, partner_id: str, months: Iterable[str]) -> dict[str, date]:
        """Return the last day on which each store key of a partner was used in those months."""
        shards = [shard for month in months for shard in self.list_by_partner(partner_id, month)]
        days = sorted((day, key) for shard in shards for key, day in shard.keys.items())
        return {key: day for day, key in days}

    def list_by_region(self, region: str, month: str) -> list[TillCounter]:
        """Return all shards of all partners of a region in a month."""
        return self.list_all("by_region", region_key(region), prefix=f"USE#{month}#")


class TillDays(Repository[TillDay]):
    """The days at the tills of partners, found only by their deadline."""

    model = TillDay
    prefix = "TILL_DAY"

    def row(self, aggregate: TillDay) -> Row:
        """Return the row of a day; it is due an hour after its end."""
        summed_at = aggregate.summed_at
        return self._row(
            aggregate,
            due_at=aggregate.next_deadline(regions.zone(aggregate.region)),
            expires_at=summed_at + CHECK_RETENTION if summed_at else None,
        )

    def find_day(self, partner_id: str, day: date) -> TillDay | None:
        """Return a partner's day; None when nothing was counted of it."""
        return self.find(f"{partner_id}.{day}")

    def summed(self, partner_id: str, days: Iterable[date]) -> list[date]:
        """Return those of a partner's days that are summed."""
        found = ((day, self.find_day(partner_id, day)) for day in days)
        return [day for day, each in found if each and each.status is DayStatus.SUMMED]


def first_visit(partner_id: str, month: str, visitor: str) -> UniqueName:
    """Return the marker that a card's first check in a month leaves; it names no card."""
    expires_at = clock.now() + MARKER_RETENTION
    return UniqueName(f"visit|{partner_id}|{month}|{visitor}", visitor, expires_at)


def cardless_check(event: CardChecked | CardCheckRefused) -> RawWrite:
    """Return the row that keeps a check without its card; the till's own, which names it, goes."""
    fields = event.model_dump(include=set(CHECK_FIELDS)) | {
        "reason": event.result,
        "expires_at": rows.epoch(clock.wall() + CHECK_RETENTION),
    }
    if isinstance(event, CardChecked):
        fields |= {"percent": event.discount_percent, "kopecks": event.discount_kopecks}
    return RawWrite("data", Key(*till_read_model.check_key(event.check_id)), fields)


def _partner_key(partner_id: str) -> str:
    return till_read_model.partner_key(partner_id)[0]
