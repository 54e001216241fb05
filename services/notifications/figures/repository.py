"""Rows of counts: `DAY_SUMS#<region>.<day>`, listed by region and day; feedback by period."""

from collections.abc import Iterable
from datetime import date

from services.notifications.figures.domain import AskedFamily, DaySums, FeedbackCounts
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

# Beside each month: all of them.
SO_FAR = "all"


class DaySumsRepository(Repository[DaySums]):
    """by_region: `REGION#<region>` / `day_sums#<day>`, one row a day."""

    model = DaySums
    prefix = "DAY_SUMS"
    id_field = "sums_id"

    def row(self, aggregate: DaySums) -> Row:
        """Return the sums in the list of their region, with the moment they are published."""
        place = (region_key(aggregate.region), f"{month_prefix('')}{aggregate.day}")
        return self._row(aggregate, lists={"by_region": place}, due_at=aggregate.due_at)

    def of(self, region: str, day: date) -> DaySums:
        """Return the sums of a day, from nothing when it has none yet."""
        sums_id = f"{region}.{day}"
        return self.find(sums_id) or DaySums(sums_id=sums_id, region=region, day=day)

    def of_month(self, partition: str, month: str) -> list[DaySums]:
        """Return the days of a month that have any, at most 31."""
        return self.list_all("by_region", partition, prefix=month_prefix(month))


class FeedbackCountsRepository(Repository[FeedbackCounts]):
    """One row for each region and month, and one for the region so far."""

    model = FeedbackCounts
    prefix = "FEEDBACK_COUNTS"

    def of(self, region: str, period: str) -> FeedbackCounts:
        """Return the counts of a period, from nothing when it has none yet."""
        name = f"{region}.{period}"
        return self.find(name) or FeedbackCounts(id=name)

    def of_regions(self, regions: Iterable[str], period: str) -> dict[str, FeedbackCounts]:
        """Return the counts of several regions, from nothing where there are none yet."""
        names = {region: f"{region}.{period}" for region in regions}
        known = {each.id: each for each in self.get_many(names.values())}
        return {region: known.get(name, FeedbackCounts(id=name)) for region, name in names.items()}


class AskedFamilies(Repository[AskedFamily]):
    """Which families are counted already, by period: `ASKED_FAMILY#<period>.<family>`."""

    model = AskedFamily
    prefix = "ASKED_FAMILY"

    def of(self, period: str, family_id: str) -> AskedFamily:
        """Return the marker of a family, which is new when it is not counted yet."""
        name = f"{period}.{family_id}"
        return self.find(name) or AskedFamily(id=name)


def month_prefix(month: str) -> str:
    """Return how the sort keys of a month's days begin."""
    return f"day_sums#{month}"
