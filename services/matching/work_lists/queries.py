"""What a coordinator has to do: read by key, in the order in which time runs out."""

from datetime import UTC, datetime
from itertools import pairwise

from services.matching.families.repository import WAITING, Families
from services.matching.matches.repository import OPEN, Matches, part_key
from services.matching.matches.values import MatchStatus
from services.matching.policy import POLICY
from services.matching.work_lists.commands import WorkCountsQuery, WorkQuery
from services.matching.work_lists.values import Due
from services.matching.work_lists.views import StageCounts, WorkCounts, WorkRow
from shared import clock
from shared.errors import Invalid
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.reference import calendar, regions
from shared.storage.repository import Page
from shared.storage.rows import Index

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# As many of one stage and range of time are counted; more are told as at least that.
MOST_COUNTED = 10_000
# Sorts after the keys of what is due at a moment, which have `#` there.
AT_THIS_MOMENT = "$"


def list_work(query: WorkQuery, caller: Principal, matches: Matches) -> Page[WorkRow]:
    """List what is to be done next about the open matches of your region, the most urgent first.

    At most one of stage and district_id chooses among them.
    """
    claimed = Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "list_work", "Region", claimed)
    region = claimed.region or ""
    index, partition, prefix = _part(query, key, region)
    return matches.page(
        index,
        partition,
        WorkRow.of_match,
        caller=caller,
        query=query,
        prefix=prefix,
        until=_until(query.due, region),
    )


def count_work(
    query: WorkCountsQuery, caller: Principal, matches: Matches, families: Families
) -> WorkCounts:
    """Count the open matches of your region by stage and time left, and the families that wait."""
    claimed = Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "list_work", "Region", claimed)
    moments = [clock.iso(EARLIEST), clock.iso(clock.now())]
    moments += [_tonight(claimed.region or ""), clock.iso(LATEST)]

    def count(stage: MatchStatus) -> StageCounts:
        partition = part_key(key, stage)
        found = [
            matches.store.count_rows("by_state", partition, since, until, MOST_COUNTED)
            for since, until in pairwise(moments)
        ]
        return StageCounts.of_ranges(stage, found)

    ends = (f"{WAITING}{moments[0]}", f"{WAITING}{moments[-1]}")
    waiting = families.store.count_rows("by_region", key, *ends, MOST_COUNTED)
    return WorkCounts.of_stages([count(each) for each in MatchStatus if each.open], waiting)


def _part(query: WorkQuery, key: str, region: str) -> tuple[Index, str, str]:
    """Return the list of the one filter that is asked for; two have none."""
    if query.stage is not None and query.district_id is not None:
        raise Invalid("one_filter_at_a_time", "district_id")
    if query.district_id is not None:
        regions.check_district(region, query.district_id, "district_id")
        return "by_district", part_key(key, query.district_id), ""
    if query.stage is None:
        return "by_region", key, OPEN
    if not query.stage.open:
        raise Invalid("no_work_at_this_stage", "stage")
    return "by_state", part_key(key, query.stage), ""


def _until(due: Due | None, region: str) -> str:
    if due is None:
        return ""
    return clock.iso(clock.now()) if due is Due.OVERDUE else _tonight(region)


def _tonight(region: str) -> str:
    """Return the end of the region's day; what is due until then is due today."""
    now, zone = clock.now(), regions.zone(region)
    return clock.iso(calendar.end_of_day(zone, calendar.local_date(zone, now))) + AT_THIS_MOMENT
