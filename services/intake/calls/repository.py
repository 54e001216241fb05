"""Who looked up a caller or a colleague's request: counted by the hour, and audited.

audit   <family or request> or CALLER#<region>   SEARCH#<audit id>
"""

from shared import clock, ids
from shared.errors import RateLimited
from shared.principal import Principal
from shared.storage import connection
from shared.storage.rows import Key, RawWrite
from shared.storage.store import Store

AN_HOUR_PER_CALLER, HOUR = 60, 3600


class Lookups:
    """The lookups of operators."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @classmethod
    def connect(cls) -> "Lookups":
        """Return the lookups over this container's tables."""
        return cls(connection.store())

    def count(self, caller: Principal) -> None:
        """Count one more lookup of an operator; raises RateLimited."""
        if not self.store.count(f"call-lookup#{caller.id}", AN_HOUR_PER_CALLER, HOUR):
            rest = HOUR - int(clock.wall().timestamp()) % HOUR
            raise RateLimited("too_many_lookups", rest)

    def audit(
        self, caller: Principal, action: str, sign: str, found: tuple[str, ...], correlation_id: str
    ) -> None:
        """Record who looked by which sign, at each subject that was found or at none."""
        facts = {
            "at": clock.iso(clock.now()),
            "actor": caller.id,
            "role": caller.role,
            "action": action,
            "fields": sign,
            "found": str(len(found)),
            "correlation_id": correlation_id,
        }
        for subject in found or (f"CALLER#{','.join(caller.regions)}",):
            key = Key(subject, f"SEARCH#{ids.new('aud')}")
            self.store.put(RawWrite("audit", key, facts, "absent"))
