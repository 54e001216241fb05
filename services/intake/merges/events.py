"""The events of merged records."""

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
