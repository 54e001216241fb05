"""Rows of counts, listed by region and day; feedback by period.

DAY_SUMS#<region>.<day>             when the day is published
DAY_SUMS#<region>.<day>.<shard>     the messages that are counted there
FEEDBACK_COUNTS#<region>.<month>.<shard>, FEEDBACK_COUNTS#<region>.all.<shard>
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from services.notifications.figures.domain import (
    SHARDS,
    AskedFamily,
    DaySums,
    FeedbackCounts,
    Sums,
    shard_of,
    total,
)
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

# Beside each month: all of them.
SO_FAR = "all"
# An answer counts in the month of its link, however late it comes.
MONTH_KEPT = timedelta(days=400)


class DaySumsRepository(Repository[DaySums]):
    """by_region: `REGION#<region>` / `day_sums#<day>`, the day, and `day_sums#<day>#<shard>`."""

    model = DaySums
    prefix = "DAY_SUMS"
    id_field = "sums_id"

    def row(self, aggregate: DaySums) -> Row:
        """Return the sums in the list of their region; a day with the moment it is published."""
        shard = "" if aggregate.shard is None else f"#{aggregate.shard}"
        place = (region_key(aggregate.region), f"{month_prefix('')}{aggregate.day}{shard}")
        due_at = aggregate.due_at if aggregate.shard is None else None
        return self._row(aggregate, lists={"by_region": place}, due_at=due_at)

    def of(self, region: str, day: date) -> DaySums:
        """Return a day, which is new when nothing was counted of it yet."""
        sums_id = f"{region}.{day}"
        return self.find(sums_id) or DaySums(sums_id=sums_id, region=region, day=day)

    def shard(self, region: str, day: date, counted: str) -> DaySums:
        """Return the shard of a day in which what has that id is counted."""
        shard = shard_of(counted)
        sums_id = _shard_id(f"{region}.{day}", shard)
        known = self.find(sums_id)
        return known or DaySums(sums_id=sums_id, region=region, day=day, shard=shard)

    def whole(self, day: DaySums) -> Sums:
        """Return what was counted of a day in all of its shards, as it is now."""
        found = (self.find(_shard_id(day.sums_id, shard)) for shard in range(SHARDS))
        return total((day.sums, *(shard.sums for shard in found if shard is not None)))

    def of_month(self, partition: str, month: str) -> list[DaySums]:
        """Return the days of a month that have any, and their shards: at most 31 of each."""
        return self.list_all("by_region", partition, prefix=month_prefix(month))


def _shard_id(sums_id: str, shard: int) -> str:
    return f"{sums_id}.{shard}"


class FeedbackCountsRepository(Repository[FeedbackCounts]):
    """SHARDS rows for each region and month, and as many for the region so far."""

    model = FeedbackCounts
    prefix = "FEEDBACK_COUNTS"

    def of(self, region: str, period: str, family_id: str) -> FeedbackCounts:
        """Return the shard of a period in which a family is counted, from nothing when new."""
        name = _shard_id(f"{region}.{period}", shard_of(family_id))
        return self.find(name) or FeedbackCounts(id=name)

    def of_regions(
        self, codes: Iterable[str], periods: Sequence[str]
    ) -> list[dict[str, FeedbackCounts]]:
        """Return the counts of regions in each of some periods, all of them read together."""
        regions = tuple(codes)
        names = {
            (period, region): [_shard_id(f"{region}.{period}", each) for each in range(SHARDS)]
            for period in periods
            for region in regions
        }
        found = self.get_many(name for shards in names.values() for name in shards)
        known = {each.id: each for each in found}

        def counted(period: str, region: str) -> FeedbackCounts:
            shards = (known.get(name) for name in names[period, region])
            return FeedbackCounts.sum_of(each for each in shards if each is not None)

        return [{region: counted(period, region) for region in regions} for period in periods]


class AskedFamilies(Repository[AskedFamily]):
    """Which families are counted already, by period: `ASKED_FAMILY#<period>.<family>`."""

    model = AskedFamily
    prefix = "ASKED_FAMILY"

    def row(self, aggregate: AskedFamily) -> Row:
        """Return a marker; that of a month goes when no answer can come that counts there."""
        of_month = not aggregate.id.startswith(f"{SO_FAR}.")
        return self._row(aggregate, expires_at=clock.wall() + MONTH_KEPT if of_month else None)

    def of(self, period: str, family_id: str) -> AskedFamily:
        """Return the marker of a family, which is new when it is not counted yet."""
        name = f"{period}.{family_id}"
        return self.find(name) or AskedFamily(id=name)


def month_prefix(month: str) -> str:
    """Return how the sort keys of a month's days begin."""
    return f"day_sums#{month}"
