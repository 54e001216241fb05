"""What headquarters looks up: its queue, a case, its history; and what an office may know."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from services.intake.cases.commands import CountCases, ListCases
from services.intake.cases.domain import Case
from services.intake.cases.policy import CASE, load_authorised, shown_in_list
from services.intake.cases.repository import OPEN, Cases, own_prefix, part_key
from services.intake.cases.values import CaseId, Status
from services.intake.cases.views import (
    HOUR,
    CaseCounts,
    CaseRow,
    CaseView,
    HistoryView,
    OfficeView,
    StatusCounts,
    categories,
)
from services.intake.families.commands import ListShared
from services.intake.families.domain import Family
from services.intake.families.policy import FAMILY, right_of_office
from services.intake.families.repository import OF_OFFICES, Families, office_prefix
from services.intake.families.views import SharedCase, SharedFamily
from services.intake.policy import POLICY
from shared import clock
from shared.api.models import RegionQuery
from shared.errors import Invalid
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.access_log import AccessLog
from shared.reference import regions
from shared.storage.list_keys import person_key
from shared.storage.repository import Page
from shared.storage.rows import Index

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
# As many of one status and range of hours are counted; more are told as at least that.
MOST_COUNTED = 10_000
SHARED, TWO_DAYS = "shared_families", 2 * 86400


def list_cases(query: ListCases, caller: Principal, cases: Cases) -> Page[CaseRow]:
    """List the open cases of your region, those first whose limit ends first.

    At most one of district_id, programme, status and taken_by chooses among them. A page is the
    queue of its moment: a case that moves meanwhile may be on two pages or on none.
    """
    partition = Partition.of_region(caller, query.region)
    region = POLICY.require_list(caller, "list_cases", CASE, partition)
    chosen = _part(query, region, partition.region or "")
    shown = shown_in_list(caller)
    closed = query.status is Status.CLOSED
    if closed and query.overdue:
        raise Invalid("closed_has_no_limit", "overdue")
    return cases.page(
        chosen.of,
        chosen.partition,
        lambda case: CaseRow.of_case(shown(case)),
        caller=caller,
        query=query,
        prefix=chosen.prefix,
        until=clock.iso(clock.now()) if query.overdue else "",
        newest_first=closed,
    )


def list_taken_cases(query: RegionQuery, caller: Principal, cases: Cases) -> Page[CaseRow]:
    """List the open cases of a region that you took, those first whose limit ends first."""
    region = Partition.of_region(caller, query.region)
    shown = shown_in_list(caller)
    return cases.page(
        "by_owner",
        POLICY.require_list(caller, "list_taken_cases", CASE, Partition.of_person(caller)),
        lambda case: CaseRow.of_case(shown(case)),
        caller=caller,
        query=query,
        prefix=own_prefix(region.key),
    )


def count_cases(query: CountCases, caller: Principal, cases: Cases) -> CaseCounts:
    """Count the open cases of your region by status and by the hours that are left."""
    partition = Partition.of_region(caller, query.region)
    region = POLICY.require_list(caller, "list_cases", CASE, partition)
    now = clock.now()
    moments = [clock.iso(each) for each in (EARLIEST, now, now + HOUR, now + DAY, LATEST)]

    def count(status: Status) -> StatusCounts:
        partition = part_key(region, status)
        ranges = pairwise(moments)
        found = [
            cases.store.count_rows("by_state", partition, since, until, MOST_COUNTED)
            for since, until in ranges
        ]
        return StatusCounts.of_ranges(status, found)

    return CaseCounts.of_statuses([count(each) for each in Status if each is not Status.CLOSED])


def get_case(case_id: CaseId, caller: Principal, cases: Cases) -> CaseView:
    """Open a case, without the family's contact and words."""
    return CaseView.of_file(load_authorised(case_id, "view_file", caller, cases))


def get_history(case_id: CaseId, caller: Principal, cases: Cases) -> HistoryView:
    """Read everything that happened to a case."""
    return HistoryView(items=load_authorised(case_id, "view_history", caller, cases).case.history)


def get_office_view(case_id: CaseId, caller: Principal, cases: Cases, log: AccessLog) -> OfficeView:
    """Read what a family has allowed your office to know; the reading is recorded first."""
    case, family = load_authorised(case_id, "view_as_office", caller, cases)
    right = right_of_office(family, caller)
    log.note(family.family_id, case_id, tuple(OfficeView.model_fields), caller, right)
    return OfficeView(
        id=case.case_id,
        status=case.status,
        district_id=case.district,
        categories=categories(case.open_needs),
    )


def list_shared_families(
    query: ListShared, caller: Principal, families: Families, cases: Cases, log: AccessLog
) -> Page[SharedFamily]:
    """List the families with an open case that allowed your office to know, or that it is shown.

    The family finds in its access log that you saw it here, once a day.
    """
    partition = Partition.of_district(caller, query.district_id, query.region)

    def shown(family: Family) -> SharedFamily:
        _note_look(family, caller, families, log)
        last = _last_case(family, families, cases)
        return SharedFamily.of_family(family, None if last is None else SharedCase.of(last))

    region = POLICY.require_list(caller, "list_shared_families", FAMILY, partition)
    return families.page_of_each(
        [(index, region, shown) for index in OF_OFFICES],
        caller=caller,
        query=query,
        prefix=office_prefix(partition.district or ""),
    )


def _last_case(family: Family, families: Families, cases: Cases) -> Case | None:
    """Return the case that an office looks at which is shown a family without an open one."""
    if family.open_cases:
        return None
    known = cases.of_family(families.get(family.family_id).record_ids)
    return max(known, key=lambda case: case.received_at, default=None)


def _note_look(family: Family, caller: Principal, families: Families, log: AccessLog) -> None:
    """Write down, the first time of a region's day, that an office sees who is helped."""
    day = regions.local_date(family.region, clock.now())
    look = f"shared-family#{caller.id}#{family.family_id}#{day}"
    if families.store.counted_from_first(look):
        return
    right = right_of_office(families.get(family.family_id), caller)
    log.note(family.family_id, SHARED, tuple(SharedFamily.model_fields), caller, right)
    families.store.count_from_first(look, 1, TWO_DAYS)


class _Part(NamedTuple):
    """The partition of an index that has a part of the queue, in the queue's order."""

    of: Index
    partition: str
    prefix: str = ""


def _part(query: ListCases, region: str, code: str) -> _Part:
    """Return the partition of the one filter that is asked for; two have none."""
    named = [name for name in _FILTERS if getattr(query, name) is not None]
    if len(named) > 1:
        raise Invalid("one_filter_at_a_time", named[1])
    if query.district_id is not None:
        regions.check_district(code, query.district_id, "district_id")
        return _Part("by_district", part_key(region, query.district_id))
    if query.programme is not None:
        return _Part("by_programme", part_key(region, query.programme))
    if query.status is not None:
        return _Part("by_state", part_key(region, query.status))
    if query.taken_by is not None:
        return _Part("by_owner", person_key(query.taken_by), own_prefix(region))
    return _Part("by_region", region, OPEN)


_FILTERS = ("district_id", "programme", "status", "taken_by")
