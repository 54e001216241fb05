"""Where cases lie: their row, the lists they stand in, and the names that only one may hold."""

from services.intake.cases.domain import Case
from services.intake.codes.values import Status
from shared import clock
from shared.storage.list_keys import person_key, region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row, UniqueName

MISSING = f"{Status.IN_CARE}#missing"
SELF_SERVED = frozenset({"public"})


class Cases(Repository[Case]):
    """Cases by id, by region and status, by who registered them, and by number."""

    model = Case
    prefix = "REQUEST"
    id_field = "case_id"

    def row(self, aggregate: Case) -> Row:
        """The case with its lists and the day its next result is due."""
        return self._row(aggregate, due_at=aggregate.outcome_due_at, lists=_lists(aggregate))

    def by_number(self, number: str) -> Case | None:
        """The case whose number somebody has read aloud."""
        return next(iter(self.list_all("by_ref", _number(number), most=1)), None)


def shelf(status: Status) -> str:
    """What the sort key of one status's cases begins with."""
    return f"{status}#"


def number_name(case: Case) -> UniqueName:
    """The number, given to one case only."""
    return UniqueName(_number(case.number), case.case_id)


def contact_name(case: Case) -> UniqueName | None:
    """The contact within its region, held for as long as a second call counts as the same."""
    if case.contact_index is None:
        return None
    name = f"CONTACT#{case.region}#{case.contact_index}"
    return UniqueName(name, case.case_id, case.window_until)


def external_name(case: Case) -> UniqueName | None:
    """The number of the same request in a system outside."""
    if case.external_ref is None:
        return None
    return UniqueName(f"EXTERNAL#{case.external_ref.system}#{case.external_ref.id}", case.case_id)


def names_to_release(before: Case, after: Case) -> list[UniqueName]:
    """Names that a case gives back: the contact when it ends, the outside number when erased.

    A contact whose window has passed may already be held by the next request, so it stays.
    """
    released = []
    contact = contact_name(before)
    if contact is not None and after.contact_index is None and clock.now() < before.window_until:
        released.append(contact)
    outside = external_name(before)
    if outside is not None and after.external_ref is None:
        released.append(outside)
    return released


def _number(number: str) -> str:
    return f"NUMBER#{number}"


def _lists(case: Case) -> dict[Index, tuple[str, str]]:
    moment = case.closed_at or case.waiting_since
    place = MISSING if case.record_missing else case.status
    lists: dict[Index, tuple[str, str]] = {
        "by_region": (region_key(case.region), f"{place}#{clock.iso(moment)}#{case.case_id}"),
        "by_ref": (_number(case.number), case.case_id),
    }
    if case.registered_by not in SELF_SERVED:
        received = f"{clock.iso(case.received_at)}#{case.case_id}"
        lists["by_owner"] = (person_key(case.registered_by), received)
    return lists
