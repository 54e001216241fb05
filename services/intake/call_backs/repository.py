"""Rows of call-backs; one is open per phone, by a name that only it holds."""

from datetime import timedelta

from services.intake.call_backs.domain import CallBack
from services.intake.call_backs.values import CallBackStatus
from shared import clock
from shared.domain import NO_CALENDAR
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row, UniqueName

_LISTED = "call_back#"
# How the calls went; the phone is not known any more.
ENDED_KEPT = timedelta(days=30)


class CallBacks(Repository[CallBack]):
    """Call-backs by id, by phone while they are open, and by region, the ones due first on top."""

    model = CallBack
    prefix = "CALL_BACK"
    id_field = "call_back_id"

    def row(self, aggregate: CallBack) -> Row:
        """Return the row with its place in the list and its deadline; an ended one expires."""
        due = f"{clock.iso(aggregate.due_at)}#{aggregate.call_back_id}"
        place = f"{status_prefix(aggregate.status)}{due}"
        lists = {"by_region": (region_key(aggregate.region), place)}
        due_at = aggregate.next_deadline(NO_CALENDAR)
        expires_at = clock.wall() + ENDED_KEPT if aggregate.ended_at else None
        return self._row(aggregate, due_at=due_at, lists=lists, expires_at=expires_at)

    def of_phone(self, region: str, index: str) -> CallBack | None:
        """Return the open call-back of a phone."""
        held = self.store.item(phone_name(region, index).key)
        return None if held is None else self.find(held["held_by"]["S"])


def phone_name(region: str, index: str, call_back_id: str = "") -> UniqueName:
    """Return a phone as a name that only one open call-back has."""
    return UniqueName(f"CALL_BACK#{region}#{index}", call_back_id)


def name_of(call_back: CallBack) -> UniqueName:
    """Return the name that a call-back holds while it is open."""
    return phone_name(call_back.region, call_back.index, call_back.call_back_id)


def status_prefix(status: CallBackStatus) -> str:
    """Return how the sort keys of one status's call-backs begin."""
    return f"{_LISTED}{status}#"
