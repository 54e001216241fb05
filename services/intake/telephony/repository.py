"""Rows of calls, which end by themselves after a week; their id follows from provider and call."""

import hashlib

from services.intake.call_backs.values import PHONE_KEPT
from services.intake.telephony.domain import PhoneCall
from services.intake.telephony.values import CallState, Direction
from shared import clock, ids
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

PHONE = "phone"
LISTED = "live_call#"
ANSWERED, RUNG = "answered#", "rung#"
LIVE = (CallState.RINGING, CallState.TALKING)


class PhoneCalls(Repository[PhoneCall]):
    """Calls by id, by region while they go on, and by phone."""

    model = PhoneCall
    prefix = "PHONE_CALL"
    id_field = "call_id"

    def row(self, aggregate: PhoneCall) -> Row:
        """Return the call's row; it is listed while it rings or is talked."""
        began = f"{clock.iso(aggregate.began_at)}#{aggregate.call_id}"
        lists: dict[Index, tuple[str, str]] = {}
        if aggregate.state in LIVE and aggregate.direction is Direction.IN:
            lists["by_region"] = (region_key(aggregate.region), f"{LISTED}{began}")
        place = f"{ANSWERED if aggregate.answered else RUNG}{began}"
        lists["by_ref"] = (_phone_key(aggregate.region, aggregate.index), place)
        return self._row(aggregate, lists=lists, expires_at=clock.wall() + PHONE_KEPT)

    def latest_answered(self, region: str, index: str) -> PhoneCall | None:
        """Return the last call with a phone in which people talked, in or out."""
        key = _phone_key(region, index)
        last = self.list_all("by_ref", key, prefix=ANSWERED, newest_first=True, most=1)
        return next(iter(last), None)

    def of_phone(self, region: str, index: str) -> list[PhoneCall]:
        """Return all calls with a phone that are kept, the oldest first."""
        found = self.list_all("by_ref", _phone_key(region, index))
        return sorted(found, key=lambda each: (each.began_at, each.call_id))


def _phone_key(region: str, index: str) -> str:
    return f"CALLS#{region}#{index}"


def id_of(provider: str, call: str) -> str:
    """Return the id of a provider's call: the same for each of its events."""
    digest = hashlib.sha256(f"{provider}/{call}".encode()).digest()
    return ids.from_bytes("cll", digest[:16])
