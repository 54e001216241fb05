"""What a shop is described with, and the keys of its tills."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated, Protocol, Self

from pydantic import BeforeValidator, Field

from shared.domain import CodeEnum, ValueObject
from shared.errors import IllegalStep, Invalid
from shared.ids import pattern

LIVE_AT_ONCE = 2
GOOD_FOR = timedelta(days=365)
KEYS_NOTICE = timedelta(days=30)
KEYS_TOGETHER = timedelta(days=7)  # ends of keys that are announced as one
RENEWED_WITHIN = KEYS_NOTICE + KEYS_TOGETHER
RETENTION_AFTER_END = timedelta(days=60)
MOST_ENDED = 20
_DAY = 24 * 60
_WEEK = 7 * _DAY

OutletId = Annotated[str, Field(pattern=pattern("out"))]
KeyId = Annotated[str, Field(pattern=pattern("key"))]


class Weekday(CodeEnum, of="weekday"):
    """The days of a week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


DAYS = tuple(Weekday)

# «9:00» is «09:00».
_WITH_ZERO = BeforeValidator(lambda said: said.zfill(5) if isinstance(said, str) else said)


class Hours(ValueObject):
    """Opening hours of one weekday, in the region's time."""

    day: Weekday
    opens: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"), _WITH_ZERO]
    closes: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$"), _WITH_ZERO]


def require_no_overlap(hours: Sequence[Hours]) -> tuple[Hours, ...]:
    """Return opening hours; refuse those of which two say something about the same minute.

    What closes when it opens or earlier goes on into the next day, Sunday's into Monday.
    """
    spans = sorted((*_minutes(each), at) for at, each in enumerate(hours))
    for (_, ends, _), (starts, _, at) in pairwise(spans):
        if starts < ends:
            raise Invalid("hours_overlap", f"/hours/{at}")
    if spans and spans[-1][1] > spans[0][0] + _WEEK:
        raise Invalid("hours_overlap", f"/hours/{spans[0][2]}")
    return tuple(hours)


def _minutes(hours: Hours) -> tuple[int, int]:
    """Return the first minute of the week and the one after the last."""
    opens, closes = (int(text[:2]) * 60 + int(text[3:]) for text in (hours.opens, hours.closes))
    begin = DAYS.index(hours.day) * _DAY
    return begin + opens, begin + closes + (0 if closes > opens else _DAY)


# From the centre of a district to a shop in it, in degrees.
FARTHEST = {"latitude": 10, "longitude": 20}
SWAPPED = 2  # degrees in all, from which on a place may be one that was swapped


class Place(Protocol):
    """Where something is, in degrees."""

    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


def require_near(shop: Place, centre: Place) -> None:
    """Refuse a place at the other end of the land: another one is meant, or the two are swapped."""
    for name, farthest in FARTHEST.items():
        if abs(getattr(shop, name) - getattr(centre, name)) > farthest:
            raise Invalid("place_far", f"/{name}")
    # Around Samara both are some fifty degrees: swapped, neither of them is far by itself.
    off = abs(shop.latitude - centre.latitude) + abs(shop.longitude - centre.longitude)
    turned = abs(shop.longitude - centre.latitude) + abs(shop.latitude - centre.longitude)
    if off > SWAPPED and turned < off / 2:
        raise Invalid("place_far", "/latitude")


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
    """Refuse a third live key of an outlet: two may live, so that a till can change its key.

    Keys whose end is announced take no room, so that both can be renewed before it.
    """
    room = room_from(keys, sandbox=new.sandbox)
    if room is not None and new.issued_at < room:
        raise IllegalStep("two_keys_live", ("revoke_key",))


def room_from(keys: Iterable[StoreKey], *, sandbox: bool) -> datetime | None:
    """Return from when on one more key of a kind has room; None where it has at any time."""
    ends = sorted(k.expires_at for k in keys if k.sandbox == sandbox and k.status is KeyStatus.LIVE)
    return ends[-LIVE_AT_ONCE] - RENEWED_WITHIN if len(ends) >= LIVE_AT_ONCE else None


def worth_keeping(keys: Sequence[StoreKey], at: datetime) -> tuple[StoreKey, ...]:
    """Return those that live and the last of the others, so that an outlet's row stays small."""
    kept_for = GOOD_FOR + RETENTION_AFTER_END
    lately = [k.id for k in keys if not k.lives(at) and at < k.issued_at + kept_for][-MOST_ENDED:]
    return tuple(key for key in keys if key.lives(at) or key.id in lately)


def outlet_closed(*steps: str) -> IllegalStep:
    """Return the refusal of what is done to a shop that takes no part any more."""
    return IllegalStep("outlet_closed", (*steps, "add_outlet"))


class OutletChange(CodeEnum, of="outlet_change"):
    """What happened to a shop."""

    ADDED = "added"
    EDITED = "edited"
    CLOSED = "closed"
