"""Rows of calls, which end by themselves after a week; their id follows from provider and call."""

import hashlib
from datetime import timedelta

from services.intake.telephony.domain import PhoneCall
from services.intake.telephony.values import CallState, Direction
from shared import clock, ids
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Row

PHONE = "phone"
KEPT = timedelta(days=7)
LIVE = (CallState.RINGING, CallState.TALKING)


class PhoneCalls(Repository[PhoneCall]):
    """Calls by id, and by region while they go on."""

    model = PhoneCall
    prefix = "PHONE_CALL"
    id_field = "call_id"

    def row(self, aggregate: PhoneCall) -> Row:
        """Return the call's row; it is listed while it rings or is talked."""
        began = f"{clock.iso(aggregate.began_at)}#{aggregate.call_id}"
        listed = {"by_region": (region_key(aggregate.region), f"{LISTED}{began}")}
        lists = listed if aggregate.state in LIVE and aggregate.direction is Direction.IN else {}
        return self._row(aggregate, lists=lists, expires_at=clock.wall() + KEPT)


LISTED = "live_call#"


def id_of(provider: str, call: str) -> str:
    """Return the id of a provider's call: the same for each of its events."""
    digest = hashlib.sha256(f"{provider}/{call}".encode()).digest()
    return ids.from_bytes("cll", digest[:16])
