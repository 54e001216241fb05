"""Rows of counts.

YEAR_COUNTS#<region>.<programme>.<year>     by_region   REGION#<region>   figures#<year>#<programme>
COUNTED_FAMILY#<programme>.<year>.<family>  gone two years after it was last counted
"""

from datetime import timedelta

from services.intake.figures.domain import CountedFamily, YearCounts
from shared import clock
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

MARKER_RETENTION = timedelta(days=731)


class YearCountsRepository(Repository[YearCounts]):
    """The counts of all regions, programmes and years."""

    model = YearCounts
    prefix = "YEAR_COUNTS"

    def row(self, aggregate: YearCounts) -> Row:
        """Return the counts in the list of their region."""
        place = f"{year_prefix(aggregate.year)}{aggregate.programme}"
        return self._row(aggregate, lists={"by_region": (region_key(aggregate.region), place)})

    def of(self, region: str, programme: str, year: int) -> YearCounts:
        """Return the counts of a year, from nothing when it has none yet."""
        name = f"{region}.{programme}.{year}"
        known = self.find(name)
        return known or YearCounts(id=name, region=region, programme=programme, year=year)


class CountedFamilies(Repository[CountedFamily]):
    """Which families are counted already."""

    model = CountedFamily
    prefix = "COUNTED_FAMILY"

    def row(self, aggregate: CountedFamily) -> Row:
        """Return a marker, which is needed as long as the year may still be counted."""
        return self._row(aggregate, expires_at=clock.wall() + MARKER_RETENTION)

    def of(self, programme: str, year: int, family_id: str) -> CountedFamily:
        """Return the marker of a family, which is new when the family is not counted yet."""
        name = f"{programme}.{year}.{family_id}"
        return self.find(name) or CountedFamily(id=name, counted=False)


def year_prefix(year: int) -> str:
    """Return how the sort keys of a year's counts begin."""
    return f"figures#{year}#"
