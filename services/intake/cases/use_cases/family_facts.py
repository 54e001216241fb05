"""What follows for the open cases of a family from what is known better about it."""

from services.intake.cases.domain import Case
from services.intake.cases.repository import Cases
from services.intake.families.domain import Family
from services.intake.families.values import Stamp


def followed(
    before: Family, after: Family, now: Stamp, cases: Cases
) -> tuple[tuple[Case, Case], ...]:
    """Return the open cases with what follows for them; none when nothing does."""
    if not _changes_cases(before, after):
        return ()
    return tuple((case, follow(case, before, after, now)) for case in cases.open_of(before))


def follow(case: Case, before: Family, after: Family, now: Stamp) -> Case:
    """Return a case of a family that guardians judge otherwise now, or that is to be checked."""
    if not _changes_cases(before, after):
        return case
    checked = case.needs_check or after.needs_check
    if after.district == before.district:
        return case.record(now, "family_corrected", needs_check=checked)
    place = {"ref": after.district, "district": after.district}
    return case.record(now, "district_corrected", needs_check=checked, **place)


def _changes_cases(before: Family, after: Family) -> bool:
    known, now = ((each.for_guardians, each.needs_check) for each in (before, after))
    return known != now
