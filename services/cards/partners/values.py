"""What a partner is described with: its codes, its outlets and its store keys."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import Field

from shared.domain import CodeEnum, KnownCodes, ValueObject
from shared.errors import IllegalStep

LIVE_AT_ONCE = 2
GOOD_FOR = timedelta(days=365)
RETENTION_AFTER_END = timedelta(days=60)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_ULID = r"[0-9A-HJKMNP-TV-Z]{26}"
PartnerId = Annotated[str, Field(pattern=rf"^par_{_ULID}$")]
OutletId = Annotated[str, Field(pattern=rf"^out_{_ULID}$")]
KeyId = Annotated[str, Field(pattern=rf"^key_{_ULID}$")]


class PartnerStatus(CodeEnum, of="partner_status"):
    """Where a partner is between the first talk and the end."""

    LEAD = "lead"
    NEGOTIATING = "negotiating"
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    DECLINED = "declined"


_AGREEING = {"propose_offer": None, "add_outlet": None, "issue_key": None}

NEXT_STEPS: Mapping[PartnerStatus, Mapping[str, PartnerStatus | None]] = {
    PartnerStatus.LEAD: {"take": PartnerStatus.NEGOTIATING, "decline": PartnerStatus.DECLINED},
    PartnerStatus.NEGOTIATING: {
        "record_agreement": None,
        "publish": PartnerStatus.ACTIVE,
        "decline": PartnerStatus.DECLINED,
        **_AGREEING,
    },
    PartnerStatus.ACTIVE: {
        "record_agreement": None,
        "pause": PartnerStatus.PAUSED,
        "give_notice": None,
        "end": PartnerStatus.ENDED,
        "publish_offer": None,
        **_AGREEING,
    },
    PartnerStatus.PAUSED: {
        "record_agreement": None,
        "resume": PartnerStatus.ACTIVE,
        "give_notice": None,
        "end": PartnerStatus.ENDED,
        **_AGREEING,
    },
    PartnerStatus.ENDED: {},
    PartnerStatus.DECLINED: {},
}


class Source(CodeEnum, of="partner_source"):
    """Who proposed the partner."""

    AUTHORITY = "authority"
    DISTRICT_OFFICE = "district_office"
    CLUB = "club"
    PARTNER = "partner"


class EndReason(KnownCodes, of="partner_end_reason"):
    """Why a partner left, where no person says it."""

    PARTNER_LEFT = "partner_left"
    OTHER = "other"


# outlets ------------------------------------------------------------------------------------


class Hours(ValueObject):
    """Opening hours of one weekday, in the region's time."""

    day: str = Field(pattern=f"^({'|'.join(DAYS)})$")
    opens: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    closes: str = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$")


class Outlet(ValueObject):
    """A shop where the card is shown; all of it is public."""

    id: str
    title: str
    district_id: str
    address: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    hours: tuple[Hours, ...] = ()
    closed: bool = False

    def close(self) -> Self:
        """Take the shop out of the programme."""
        return self._with(closed=True)


# store keys ---------------------------------------------------------------------------------


class KeyStatus(CodeEnum, of="store_key_status"):
    """Whether a till may use the key."""

    LIVE = "live"
    REVOKED = "revoked"


class StoreKey(ValueObject):
    """A till's password, bound to one outlet; it was shown once and only its hash is kept."""

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
        """Return a fresh key, good for a year."""
        return cls(
            id=key_id,
            outlet_id=outlet_id,
            secret_hash=secret_hash,
            issued_at=at,
            expires_at=at + GOOD_FOR,
            sandbox=sandbox,
        )

    def lives(self, at: datetime) -> bool:
        """Return whether a till may use the key at that moment."""
        return self.status is KeyStatus.LIVE and at < self.expires_at

    def revoke(self) -> Self:
        """Let tills be refused with the key from now on."""
        return self._with(status=KeyStatus.REVOKED)


def require_room(keys: Iterable[StoreKey], new: StoreKey) -> None:
    """Refuse a third live key of an outlet: two may live, so that a till can change its key."""
    same = [
        k
        for k in keys
        if (k.outlet_id, k.sandbox) == (new.outlet_id, new.sandbox) and k.lives(new.issued_at)
    ]
    if len(same) >= LIVE_AT_ONCE:
        raise IllegalStep("two_keys_live", ("revoke_key",))


def worth_keeping(keys: Iterable[StoreKey], at: datetime) -> tuple[StoreKey, ...]:
    """Return the keys without those that ended long ago, so that a partner's row stays small."""
    kept_for = GOOD_FOR + RETENTION_AFTER_END
    return tuple(key for key in keys if key.lives(at) or at < key.issued_at + kept_for)
