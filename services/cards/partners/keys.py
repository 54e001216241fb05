"""Store keys: a till's password, bound to one outlet, of which two may live during rotation."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel, ConfigDict

from shared.domain import CodeEnum
from shared.errors import IllegalStep

LIVE_AT_ONCE = 2
GOOD_FOR = timedelta(days=365)
RETENTION_AFTER_END = timedelta(days=60)


class KeyStatus(CodeEnum, of="store_key_status"):
    """Whether a till may use the key."""

    LIVE = "live"
    REVOKED = "revoked"


class StoreKey(BaseModel):
    """One key; its secret was shown once and only its hash is kept."""

    model_config = ConfigDict(defer_build=True, frozen=True)

    id: str
    outlet_id: str
    secret_hash: str
    issued_at: datetime
    expires_at: datetime
    sandbox: bool = False
    status: KeyStatus = KeyStatus.LIVE

    @classmethod
    def made(
        cls, key_id: str, outlet_id: str, secret_hash: str, at: datetime, *, sandbox: bool
    ) -> Self:
        """A fresh key, good for a year."""
        return cls(
            id=key_id,
            outlet_id=outlet_id,
            secret_hash=secret_hash,
            issued_at=at,
            expires_at=at + GOOD_FOR,
            sandbox=sandbox,
        )

    def lives(self, at: datetime) -> bool:
        """Whether a till may use it at that moment."""
        return self.status is KeyStatus.LIVE and at < self.expires_at

    def revoked(self) -> Self:
        """Tills are refused with it from now on."""
        return self.model_copy(update={"status": KeyStatus.REVOKED})


def require_room(keys: Iterable[StoreKey], new: StoreKey) -> None:
    """Refuse a third live key of an outlet: rotation needs two."""
    same = [
        k
        for k in keys
        if (k.outlet_id, k.sandbox) == (new.outlet_id, new.sandbox) and k.lives(new.issued_at)
    ]
    if len(same) >= LIVE_AT_ONCE:
        raise IllegalStep("two_keys_live", ("revoke_key",))


def worth_keeping(keys: Iterable[StoreKey], at: datetime) -> tuple[StoreKey, ...]:
    """The keys without those that ended long ago, so that a partner's row stays small."""
    kept_for = GOOD_FOR + RETENTION_AFTER_END
    return tuple(key for key in keys if key.lives(at) or at < key.issued_at + kept_for)
