"""Counts of cards and checks: they name no person, and outlive every erasure.

Each count is kept in SHARDS rows, so that many events at once do not wait for one another.
"""

import zlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import ClassVar, Self, TypeVar
from zoneinfo import ZoneInfo

from services.cards.counters.values import DayStatus
from shared.domain import Aggregate, Deadline, TimedAggregate, ValueObject
from shared.reference import calendar

SHARDS = 8
# No worker that began to count on the day itself lives so long after it.
GRACE = timedelta(hours=1)
C = TypeVar("C", bound="Counts")


def shard_of(identifier: str) -> int:
    """Return the shard in which the facts about that id are counted."""
    return zlib.crc32(identifier.encode()) % SHARDS


class Counts(ValueObject):
    """Figures that are added up field by field."""

    def plus(self, **more: int) -> Self:
        """Return these figures and some more."""
        return self._with(**{name: getattr(self, name) + value for name, value in more.items()})


class CardCounts(Counts):
    """How many of the cards issued in one month went which way."""

    issued: int = 0
    activated: int = 0
    new_issued: int = 0
    new_activated: int = 0
    new_consented: int = 0
    blocked: int = 0
    replaced: int = 0
    revoked: int = 0


class TillCounts(Counts):
    """Checks and purchases at the tills of one partner in one month; money in kopecks."""

    checks: int = 0
    distinct_cards: int = 0
    refused: int = 0
    purchases: int = 0
    amount: int = 0
    saved: int = 0


class DayCounts(Counts):
    """Checks and purchases at the tills of one partner on one day; money in kopecks."""

    checks: int = 0
    valid: int = 0
    purchases: int = 0
    returns: int = 0
    amount: int = 0
    saved: int = 0


class CardCounter(Aggregate):
    """One shard of a region's cards of one issue month."""

    id: str
    region: str
    month: str
    counts: CardCounts = CardCounts()

    def plus(self, **more: int) -> Self:
        """Count some more."""
        return self._with(counts=self.counts.plus(**more))


class TillCounter(Aggregate):
    """One shard of a partner's month; `keys` holds the last local day of store keys.

    `days` are those of the month whose sum may still be to come.
    """

    id: str
    region: str
    partner_id: str
    month: str
    counts: TillCounts = TillCounts()
    keys: dict[str, date] = {}
    days: dict[date, DayCounts] = {}

    def plus(self, **more: int) -> Self:
        """Count some more."""
        return self._with(counts=self.counts.plus(**more))

    def with_key_used(self, key_id: str, day: date) -> Self:
        """Note that a store key was used on that day, unless a later one is known."""
        latest = max(day, self.keys.get(key_id, day))
        return self._with(keys=self.keys | {key_id: latest})

    def plus_on(self, day: date, **more: int) -> Self:
        """Count some more of a day."""
        counts = self.days.get(day, DayCounts()).plus(**more)
        return self._with(days=self.days | {day: counts})

    def without_days(self, days: Iterable[date]) -> Self:
        """Forget days that are summed."""
        gone = set(days)
        return self._with(days={day: each for day, each in self.days.items() if day not in gone})


class TillDay(TimedAggregate):
    """A region's day at the tills of one partner, from its first check until it is summed."""

    STEPS: ClassVar = {DayStatus.OPEN: {"sum_up": DayStatus.SUMMED}, DayStatus.SUMMED: {}}
    DEADLINES: ClassVar = (
        Deadline(
            "day_over", lambda day, _: day.closes_at if day.status is DayStatus.OPEN else None
        ),
    )

    id: str
    region: str
    partner_id: str
    day: date
    closes_at: datetime
    status: DayStatus = DayStatus.OPEN
    summed_at: datetime | None = None

    @classmethod
    def begun(cls, region: str, partner_id: str, day: date, now: datetime, zone: ZoneInfo) -> Self:
        """Return a day of which something was counted; what comes late is waited for."""
        return cls(
            id=f"{partner_id}.{day}",
            region=region,
            partner_id=partner_id,
            day=day,
            closes_at=max(calendar.end_of_day(zone, day), now) + GRACE,
        )

    def sum_up(self, at: datetime) -> Self:
        """Close the day: whatever comes from now on is counted on another one."""
        self._require("sum_up")
        return self._fire("day_over")._with(status=DayStatus.SUMMED, summed_at=at)


def sum_of(parts: Iterable[C], empty: C) -> C:
    """Add figures up."""
    whole = empty
    for part in parts:
        whole = whole.plus(**part.model_dump())
    return whole


def share(part: int, whole: int) -> float | None:
    """Return a percentage with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None
