"""The events of merged records."""

from collections.abc import Iterator

from services.intake.families import events as family_events
from services.intake.families.domain import Family
from shared.events.base import Event
from shared.events.intake import FamiliesMerged, FamilyMergeUndone


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
    yield from family_events.of_arrival(None, back)
    yield from family_events.of_last_case(family, back)
