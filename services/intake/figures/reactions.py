"""Requests, families and aids, counted from the service's own events. Names are in inbox rows."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from services.intake.codes.values import EndReason, Programme
from services.intake.families.repository import Families
from services.intake.figures.domain import CountedFamily, YearCounts, recounted
from services.intake.figures.repository import CountedFamilies, YearCountsRepository
from services.intake.requests.repository import Requests
from shared.events.base import Event, Received
from shared.events.intake import (
    AidRecorded,
    FamiliesMerged,
    FamilyCorrected,
    FamilyMergeUndone,
    RequestEnded,
    RequestReceived,
)
from shared.events.intake_aids import AidCorrected
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext
from shared.storage.rows import Row


def count_request(
    received: Received[RequestReceived],
    context: CommandContext,
    counts: YearCountsRepository,
    counted: CountedFamilies,
    families: Families,
) -> None:
    """Count a request and its family in the region's year; a call that is no case counts not.

    Of a record that is merged, be it since an earlier year, the family counts that speaks for it.
    """
    event = received.event
    if event.end_reason is not None or event.programme is None:
        return
    year = _year(received)
    found = counts.of(event.region, event.programme, year)
    after, rows = found.plus_request(event.initiated_by, event.purpose), list[Row]()
    if (own_id := event.family_id) is not None:
        own = counted.of(event.programme, year, own_id)
        speaks = own.with_family or families.get(own_id).family_id
        before, now = [own], [own.ask(event.groups, received.time)]
        if speaks != own_id:
            whole, known = counted.of(event.programme, year, speaks), families.record(own_id).groups
            now = [*own.ask_merged(known, event.groups, received.time, speaks, whole)]
            before = [own, whole]
        after = recounted(after, before, now)
        rows = _changed(before, now, counted)
    counts.save(context, after, *rows)


def uncount_request(
    received: Received[RequestEnded],
    context: CommandContext,
    counts: YearCountsRepository,
    requests: Requests,
) -> None:
    """Count a request no longer that was written down for the wrong family, and so comes anew."""
    request = requests.get(received.event.request_id)
    year = _year_of(request.region, request.received_at)
    found = counts.of(request.region, request.programme, year)
    counts.save(context, found.plus_request(request.initiated_by, request.purpose, -1))


def _of_another_family(event: RequestEnded) -> bool:
    return event.reason == EndReason.OTHER_FAMILY


def count_aid(
    received: Received[AidRecorded], context: CommandContext, counts: YearCountsRepository
) -> None:
    """Count an aid in the year in which it was recorded."""
    event = received.event
    if event.programme is not None:
        found = counts.of(event.region, event.programme, _year(received))
        after = found.plus_aid(event.legal_basis, event.funding_project, event.persons)
        counts.save(context, after)


def count_aid_anew(
    received: Received[AidCorrected], context: CommandContext, counts: YearCountsRepository
) -> None:
    """Count an aid as it was, in the year in which it was recorded, or not at all."""
    event = received.event
    if event.programme is not None:
        year = _year_of(event.region, event.recorded_at)
        after = counts.of(event.region, event.programme, year)
        for aid, change in ((event.former, -1), (event.corrected, 1)):
            if aid is not None:
                after = after.plus_aid(aid.legal_basis, aid.funding_project, aid.persons, change)
        counts.save(context, after)


def count_correction(
    received: Received[FamilyCorrected],
    context: CommandContext,
    counts: YearCountsRepository,
    counted: CountedFamilies,
) -> None:
    """Count a family of this year in the groups that it is known to be in now.

    Its first request of the year may be heard of later, with the groups of before.
    """
    event = received.event
    rows: list[Row] = []
    for programme, found in _programmes(received, counts):
        family = counted.of(programme, found.year, event.family_id)
        now = family.correct(event.groups, received.time)
        rows.append(counted.row(now))
        if (after := recounted(found, [family], [now])) != found:
            rows.append(counts.row(after))
    _save(rows, context, counts)


def count_merge(
    received: Received[FamiliesMerged],
    context: CommandContext,
    counts: YearCountsRepository,
    counted: CountedFamilies,
) -> None:
    """Count a family once in this year from which two records were found to be."""
    _count_pair(received, context, counts, counted, lambda part, whole: part.lend(*whole))


def count_merge_undone(
    received: Received[FamilyMergeUndone],
    context: CommandContext,
    counts: YearCountsRepository,
    counted: CountedFamilies,
) -> None:
    """Count two families again that were held for one."""
    _count_pair(received, context, counts, counted, lambda part, whole: part.take_back(whole[1]))


Step = Callable[[CountedFamily, tuple[str, CountedFamily]], tuple[CountedFamily, CountedFamily]]


def _count_pair(
    received: Received[FamiliesMerged] | Received[FamilyMergeUndone],
    context: CommandContext,
    counts: YearCountsRepository,
    counted: CountedFamilies,
    step: Step,
) -> None:
    event, rows = received.event, list[Row]()
    for programme, found in _programmes(received, counts):
        whole = counted.of(programme, found.year, event.family_id)
        part = counted.of(programme, found.year, event.merged_family_id)
        after = step(part, (event.family_id, whole))
        rows += _changed((part, whole), after, counted)
        now = recounted(found, [part, whole], after)
        rows += [counts.row(now)] if now != found else []
    _save(rows, context, counts)


def _changed(
    before: Sequence[CountedFamily], after: Sequence[CountedFamily], counted: CountedFamilies
) -> list[Row]:
    return [counted.row(now) for was, now in zip(before, after, strict=True) if now != was]


def _programmes(
    received: Received[Any], counts: YearCountsRepository
) -> Iterator[tuple[str, YearCounts]]:
    year = _year(received)
    for programme in Programme:
        yield programme, counts.of(received.event.region, programme, year)


def _year(received: Received[Any]) -> int:
    return _year_of(received.event.region, received.time)


def _year_of(region: str, at: datetime) -> int:
    return calendar.local_date(regions.zone(region), at).year


def _save(rows: list[Row], context: CommandContext, counts: YearCountsRepository) -> None:
    if rows:
        counts.store.commit(context, *rows)


REACTIONS: dict[type[Event], Callable[..., None]] = {
    RequestReceived: count_request,
    RequestEnded: uncount_request,
    AidRecorded: count_aid,
    AidCorrected: count_aid_anew,
    FamilyCorrected: count_correction,
    FamiliesMerged: count_merge,
    FamilyMergeUndone: count_merge_undone,
}
WANTED = {uncount_request: _of_another_family}
