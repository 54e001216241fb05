"""The events of merged records."""

from collections.abc import Iterator

from services.intake.cases.domain import Case
from services.intake.families import events as family_events
from services.intake.families.domain import Family
from services.intake.requests.domain import Request
from shared.events.base import Event
from shared.events.intake import FamiliesMerged, FamilyMergeUndone
from shared.events.intake_families import RequestLeftCase


def merged_event(family: Family, part: Family, reason: str) -> Event:
    """Return the event that one record speaks for another one now."""
    return FamiliesMerged(
        region=family.region,
        family_id=family.family_id,
        merged_family_id=part.family_id,
        reason=reason,
    )


def undone_event(family: Family, part: Family, reason: str) -> Event:
    """Return the event that a record is a family of its own again."""
    return FamilyMergeUndone(
        region=family.region,
        family_id=family.family_id,
        merged_family_id=part.family_id,
        reason=reason,
    )


def of_merge(family: Family, after: Family, other: Family, part: Family) -> Iterator[Event]:
    """Return what a merge changes of either record: work about it is about the whole one now."""
    yield from family_events.of_change(family, after)
    yield from family_events.of_likeness(family, after)
    yield from family_events.of_likeness(other, part)
    yield from family_events.of_reach(other, part)


def of_separation(family: Family, after: Family, back: Family) -> Iterator[Event]:
    """Return what an undone merge changes of either record: what it settled is open again."""
    yield from family_events.of_change(family, after)
    yield from family_events.of_likeness(family, after)
    yield from family_events.of_arrival(None, back)
    yield from family_events.of_sign_out(family, back)
    yield from family_events.of_last_case(family, back)


def left_event(request: Request, case: Case) -> Event:
    """Return the event that a request is in the case of another family no more."""
    return RequestLeftCase(
        region=request.region,
        programme=request.programme,
        request_id=request.request_id,
        family_id=request.family_id,
        case_id=case.case_id,
        district_id=case.district,
        open=case.open,
    )
