"""The events of a family."""

from services.intake.families.domain import Family
from services.intake.families.values import Disclosure
from shared import clock
from shared.events.base import Event
from shared.events.intake import DisclosedToOffice, FamilyErased


def of_change(before: Family, after: Family) -> list[Event]:
    """Return the events of a change of a family."""
    if after.erased and not before.erased:
        return [FamilyErased(region=after.region, family_id=after.family_id)]
    return [_disclosed(after, each) for each in after.disclosures if each not in before.disclosures]


def _disclosed(family: Family, disclosure: Disclosure) -> DisclosedToOffice:
    return DisclosedToOffice(
        region=family.region,
        family_id=family.family_id,
        district_id=disclosure.recipient,
        reason=disclosure.reason,
        until=clock.iso(disclosure.until),
    )
