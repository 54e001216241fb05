"""Who looked for a lost card: counted by the hour, and audited with a card found or without.

audit   <card id> or LOST#<region>   SEARCH#<audit id>
"""

from services.cards.cards.domain import Card
from shared import clock, ids
from shared.errors import RateLimited
from shared.principal import Principal
from shared.storage import connection
from shared.storage.rows import Key, RawWrite
from shared.storage.store import Store

AN_HOUR_PER_CALLER, HOUR = 20, 3600


class Searches:
    """The searches of the staff."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @classmethod
    def connect(cls) -> "Searches":
        """Return the searches over this container's tables."""
        return cls(connection.store())

    def count(self, caller: Principal) -> None:
        """Count one more search of a caller; raises RateLimited."""
        if not self.store.count(f"lost-card#{caller.id}", AN_HOUR_PER_CALLER, HOUR):
            rest = HOUR - int(clock.wall().timestamp()) % HOUR
            raise RateLimited("too_many_searches", rest)

    def audit(
        self,
        caller: Principal,
        region: str,
        signs: tuple[str, ...],
        found: Card | None,
        correlation_id: str,
    ) -> None:
        """Record who looked for a card by which signs, and whether there is one."""
        facts = {
            "at": clock.iso(clock.now()),
            "actor": caller.id,
            "role": caller.role,
            "action": "find_lost_card",
            "fields": ",".join(signs),
            "region": region,
            "found": "yes" if found else "no",
            "correlation_id": correlation_id,
        }
        key = Key(found.id if found else f"LOST#{region}", f"SEARCH#{ids.new('aud')}")
        self.store.put(RawWrite("audit", key, facts, "absent"))
