"""What a shop is described with, the keys of its tills, and the register of a partner's shops."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BeforeValidator, Field

from services.cards import outlet_sets
from shared.domain import CodeEnum, ValueObject
from shared.errors import IllegalStep, Invalid, NotFound
from shared.ids import pattern

MAX_OUTLETS = 1000
LIVE_AT_ONCE = 2
GOOD_FOR = timedelta(days=365)
KEYS_NOTICE = timedelta(days=30)
KEYS_TOGETHER = timedelta(days=7)  # ends of keys that are announced as one
RETENTION_AFTER_END = timedelta(days=60)
_DAY = 24 * 60
_WEEK = 7 * _DAY
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

OutletId = Annotated[str, Field(pattern=pattern("out"))]
KeyId = Annotated[str, Field(pattern=pattern("key"))]


# «9:00» is «09:00».
_WITH_ZERO = BeforeValidator(lambda said: said.zfill(5) if isinstance(said, str) else said)


class Hours(ValueObject):
    """Opening hours of one weekday, in the region's time."""

    day: str = Field(pattern=f"^({'|'.join(DAYS)})$")
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
    if sum(k.sandbox == new.sandbox and k.lives(new.issued_at) for k in keys) >= LIVE_AT_ONCE:
        raise IllegalStep("two_keys_live", ("revoke_key",))


def worth_keeping(keys: Iterable[StoreKey], at: datetime) -> tuple[StoreKey, ...]:
    """Return the keys without those that ended long ago, so that an outlet's row stays small."""
    kept_for = GOOD_FOR + RETENTION_AFTER_END
    return tuple(key for key in keys if key.lives(at) or at < key.issued_at + kept_for)


class OutletChange(CodeEnum, of="outlet_change"):
    """What happened to a shop."""

    ADDED = "added"
    EDITED = "edited"
    CLOSED = "closed"


# register -----------------------------------------------------------------------------------


class OutletPlace(NamedTuple):
    """An outlet in its partner's register; its number is its place there, counted from 1.

    `keyed_until` is the last second of a live store key that is no sandbox key's, 0 without one;
    `mark` is a short mark of its address.
    """

    outlet_id: str
    district_id: str
    closed: bool = False
    keyed_until: int = 0
    mark: str = ""


class OutletRegister(ValueObject):
    """What a partner must know of its outlets; all else of each is in a row of its own.

    Ends of keys until the second `keys_reminded_of` are announced.
    """

    places: tuple[OutletPlace, ...] = ()
    keys_reminded_of: int = 0

    def add(self, outlet_id: str, district: str, mark: str = "") -> Self:
        """Register a shop under the next number."""
        if len(self.places) >= MAX_OUTLETS:
            raise IllegalStep("too_many_outlets", limit=MAX_OUTLETS)
        return self._with(places=(*self.places, OutletPlace(outlet_id, district, mark=mark)))

    def has_at(self, district: str, mark: str) -> bool:
        """Return whether there is an open shop at an address, by its mark, in a district."""
        there = (place for place in self.open.values() if place.district_id == district)
        return any(place.mark == mark for place in there)

    def replace(self, outlet_id: str, **changes: Any) -> Self:
        """Change what is known of a shop."""
        self.number_of(outlet_id)
        places = (p._replace(**changes) if p.outlet_id == outlet_id else p for p in self.places)
        return self._with(places=tuple(places))

    def number_of(self, outlet_id: str, pointer: str = "") -> int:
        """Return the number of an open outlet."""
        for number, place in enumerate(self.places, 1):
            if place.outlet_id == outlet_id and not place.closed:
                return number
        raise Invalid("unknown_outlet", pointer) if pointer else NotFound("outlet", outlet_id)

    def set_of(self, outlet_ids: Sequence[str]) -> str:
        """Return open outlets as the set that an offer holds in."""
        numbers = {place.outlet_id: n for n, place in self.open.items()}
        for place, outlet_id in enumerate(outlet_ids):
            if outlet_id not in numbers:
                raise Invalid("unknown_outlet", f"/outlet_ids/{place}")
        return outlet_sets.write(numbers[outlet_id] for outlet_id in outlet_ids)

    def ids_in(self, outlets: str) -> list[str]:
        """Return the ids of the outlets in a set."""
        bits = outlet_sets.bits_of(outlets)
        return [p.outlet_id for number, p in enumerate(self.places, 1) if bits >> number & 1]

    def districts_in(self, outlets: str) -> tuple[str, ...]:
        """Return the districts of the open outlets in a set."""
        bits = outlet_sets.bits_of(outlets)
        found = (place.district_id for number, place in self.open.items() if bits >> number & 1)
        return tuple(dict.fromkeys(found))

    def holds_in_some(self, outlets: str) -> bool:
        """Return whether a set lacks an open outlet; the empty one means all."""
        return bool(outlets) and self.open_bits & ~outlet_sets.bits_of(outlets) != 0

    def without_key(self, at: datetime) -> list[str]:
        """Return the open outlets whose tills no live store key connects, in their order."""
        moment = int(at.timestamp())
        return [place.outlet_id for place in self.open.values() if place.keyed_until <= moment]

    @property
    def keys_end_at(self) -> datetime | None:
        """When keys of an open outlet end next, if that is not announced yet."""
        ends = [place.keyed_until for place in self.open.values()]
        later = [end for end in ends if end > self.keys_reminded_of]
        return datetime.fromtimestamp(min(later), UTC) if later else None

    @property
    def keys_due_at(self) -> datetime | None:
        """When the next end of keys is announced."""
        return (ending := self.keys_end_at) and ending - KEYS_NOTICE

    @property
    def keys_ending(self) -> int:
        """In how many open outlets keys end as was announced, or were revoked since."""
        ends = (place.keyed_until for place in self.open.values())
        return sum(end <= self.keys_reminded_of for end in ends) if self.keys_reminded_of else 0

    def remind_of_keys(self) -> Self:
        """Note that the next end of keys is announced, with all in the days after."""
        ending = self.keys_end_at
        until = int((ending + KEYS_TOGETHER).timestamp()) if ending else self.keys_reminded_of
        return self._with(keys_reminded_of=until)

    def need_keys_until(self, leaves_at: datetime | None) -> Self:
        """Take back what was announced of keys that end when their partner has left."""
        if leaves_at is None:
            return self
        last = int(leaves_at.timestamp()) - 1
        return self._with(keys_reminded_of=min(self.keys_reminded_of, last))

    @property
    def open(self) -> dict[int, OutletPlace]:
        """The outlets that take part, by number."""
        return {number: place for number, place in enumerate(self.places, 1) if not place.closed}

    @property
    def open_bits(self) -> int:
        """The same as a set: a bit for each number."""
        return sum(1 << number for number in self.open)

    @property
    def closed(self) -> str:
        """The set of the outlets that take no part any more."""
        return outlet_sets.write(n for n, place in enumerate(self.places, 1) if place.closed)
