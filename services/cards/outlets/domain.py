"""A shop where the card is shown, and the keys of its tills."""

from datetime import datetime
from math import ceil
from typing import Self

from services.cards.outlets.values import (
    Hours,
    StoreKey,
    outlet_closed,
    require_room,
    room_from,
    worth_keeping,
)
from shared.domain import Aggregate
from shared.errors import NotFound


class Outlet(Aggregate):
    """A shop of a partner; all of it but the keys is public.

    `place` is its number among the partner's, which the till's rows name it by.
    """

    id: str
    partner_id: str
    region: str
    place: int
    title: str
    district_id: str
    address: str
    latitude: float
    longitude: float
    hours: tuple[Hours, ...] = ()
    closed: bool = False
    keys: tuple[StoreKey, ...] = ()

    def require_open(self, *steps: str) -> None:
        """Refuse what is done to a shop that is closed; some `steps` may be taken still."""
        if self.closed:
            raise outlet_closed(*steps)

    def edit(self, **facts: object) -> Self:
        """Replace what is public of the shop."""
        self.require_open()
        return self._with(**facts)

    def close(self) -> Self:
        """Take the shop out of the programme."""
        self.require_open()
        return self._with(closed=True)

    def issue_key(self, key: StoreKey) -> Self:
        """Add a key; the older one goes on until it is revoked."""
        require_room(self.keys, key)
        return self._with(keys=(*worth_keeping(self.keys, key.issued_at), key))

    def revoke_key(self, key_id: str) -> Self:
        """Revoke a key that was lost or rotated out."""
        revoked = self.key(key_id).revoke()
        return self._with(keys=tuple(revoked if k.id == key_id else k for k in self.keys))

    def key(self, key_id: str) -> StoreKey:
        """Return a store key of this outlet."""
        for key in self.keys:
            if key.id == key_id:
                return key
        raise NotFound("store_key")

    def key_times(self, at: datetime) -> tuple[int, int]:
        """Return what its partner's register notes of its keys: `keyed_until` and `full_until`."""
        rooms = [room_from(self.keys, sandbox=sandbox) for sandbox in (False, True)]
        full = min((ceil(room.timestamp()) if room else 0) for room in rooms)
        return self.keyed_until(at), full

    def keyed_until(self, at: datetime) -> int:
        """Return the last second of its live keys that connect a till, 0 without one."""
        living = (key.expires_at for key in self.keys if key.lives(at) and not key.sandbox)
        return max((int(end.timestamp()) for end in living), default=0)
