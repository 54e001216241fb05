"""The events of a family."""

from services.intake.families.domain import Family
from shared.events.base import Event
from shared.events.intake import FamilyErased


def of_change(before: Family, after: Family) -> list[Event]:
    """Return the events of a change of a family."""
    if after.erased and not before.erased:
        return [FamilyErased(region=after.region, family_id=after.family_id)]
    return []
