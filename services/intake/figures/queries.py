"""A region's figures, for its headquarters and the federal one: numbers only."""

from services.intake.figures.commands import FiguresQuery
from services.intake.figures.repository import YearCountsRepository, year_prefix
from services.intake.figures.views import Figures
from services.intake.policy import POLICY
from shared import clock
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.reference import calendar, regions

REGION = "Region"


def view_figures(query: FiguresQuery, caller: Principal, counts: YearCountsRepository) -> Figures:
    """Show how many requests came in a year, who had the idea, how many families asked, and aids.

    Outside of the region's headquarters a number below five is hidden.
    """
    partition = Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "view_figures", REGION, partition)
    region = partition.region or ""
    today = calendar.local_date(regions.zone(region), clock.now())
    year = query.year or today.year
    found = counts.list_all("by_region", key, prefix=year_prefix(year))
    return Figures.of_counts(region, year, found, hides_few=caller.role != "regional_hq")
