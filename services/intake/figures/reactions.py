"""Requests, counted from the service's own events; the functions' names are in inbox rows."""

from services.intake.figures.repository import CountedFamilies, YearCountsRepository
from shared.events.base import Received
from shared.events.intake import RequestReceived
from shared.reference import calendar, regions
from shared.storage.command_context import CommandContext


def count_request(
    received: Received[RequestReceived],
    context: CommandContext,
    counts: YearCountsRepository,
    counted: CountedFamilies,
) -> None:
    """Count a request and its family in the region's year; a call that is no case counts not."""
    event = received.event
    if event.end_reason is not None or event.programme is None:
        return
    year = calendar.local_date(regions.zone(event.region), received.time).year
    found = counts.of(event.region, event.programme, year)
    after, rows = found.plus_request(event.initiated_by, event.purpose), []
    if event.family_id is not None:
        family = counted.of(event.programme, year, event.family_id)
        new = [group for group in event.groups if group not in family.groups]
        if new or not family.version:
            after = after.plus_family(new, new=not family.version)
            rows.append(counted.row(family.with_groups(new)))
    counts.save(context, after, *rows)


REACTIONS = {RequestReceived: count_request}
