"""The events of a family."""

from services.intake.families.domain import Family
from shared.events.base import Event
from shared.events.intake import FamilyCorrected, FamilyErased


def of_change(before: Family, after: Family) -> list[Event]:
    """Return the events of a change of a family."""
    if after.erased and not before.erased:
        return [FamilyErased(region=after.region, family_id=after.family_id)]
    corrected = _corrected(after)
    return [] if corrected == _corrected(before) else [corrected]


def _corrected(family: Family) -> Event:
    return FamilyCorrected(
        region=family.region,
        family_id=family.family_id,
        kind=family.kind,
        district_id=family.district,
        groups=family.groups,
        size_band=family.size_band,
        motivated=family.motivated,
    )
