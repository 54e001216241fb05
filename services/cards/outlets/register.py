"""The register of a partner's shops: what the partner must know of them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from services.cards import outlet_sets
from services.cards.outlets.values import (
    KEYS_NOTICE,
    KEYS_TOGETHER,
    RENEWED_WITHIN,
    outlet_closed,
)
from shared.domain import ValueObject
from shared.errors import IllegalStep, Invalid, NotFound

MAX_OUTLETS = 1000


class OutletPlace(NamedTuple):
    """An outlet in its partner's register; its number is its place there, counted from 1.

    `keyed_until` is the last second of a live store key that is no sandbox key's, 0 without one;
    until `full_until` no key has room beside those that it has; `mark` is a short mark of its
    address.
    """

    outlet_id: str
    district_id: str
    closed: bool = False
    keyed_until: int = 0
    mark: str = ""
    full_until: int = 0


class OutletRegister(ValueObject):
    """What a partner must know of its outlets; all else of each is in a row of its own.

    Ends of keys until the second `keys_reminded_of` are announced.
    """

    places: tuple[OutletPlace, ...] = ()
    keys_reminded_of: int = 0

    def add(self, outlet_id: str, district: str, mark: str = "") -> Self:
        """Register a shop under the next number."""
        if not self.has_room:
            raise IllegalStep("too_many_outlets", limit=MAX_OUTLETS)
        return self._with(places=(*self.places, OutletPlace(outlet_id, district, mark=mark)))

    @property
    def has_room(self) -> bool:
        """Whether one more shop may be added; a closed one keeps its number."""
        return len(self.places) < MAX_OUTLETS

    def takes_keys(self, at: datetime) -> bool:
        """Return whether the till of some open outlet may get one more store key."""
        return any(place.full_until <= at.timestamp() for place in self.open.values())

    def has_at(self, district: str, mark: str) -> bool:
        """Return whether there is an open shop at an address, by its mark, in a district."""
        there = (place for place in self.open.values() if place.district_id == district)
        return any(place.mark == mark for place in there)

    def replace(self, outlet_id: str, **changes: Any) -> Self:
        """Change what is known of a shop."""
        self.require_open(outlet_id)
        places = (p._replace(**changes) if p.outlet_id == outlet_id else p for p in self.places)
        return self._with(places=tuple(places))

    def require_open(self, outlet_id: str, pointer: str = "") -> None:
        """Refuse an outlet that is closed, and one that the partner has not."""
        place = next((each for each in self.places if each.outlet_id == outlet_id), None)
        if place is None:
            raise Invalid("unknown_outlet", pointer) if pointer else NotFound("outlet", outlet_id)
        if place.closed:
            raise outlet_closed()

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

    @property
    def districts(self) -> tuple[str, ...]:
        """The districts of the open outlets."""
        return tuple(dict.fromkeys(place.district_id for place in self.open.values()))

    def districts_in(self, outlets: str) -> tuple[str, ...]:
        """Return the districts of the open outlets in a set."""
        bits = outlet_sets.bits_of(outlets)
        found = (place.district_id for number, place in self.open.items() if bits >> number & 1)
        return tuple(dict.fromkeys(found))

    def holds_in_some(self, outlets: str) -> bool:
        """Return whether a set lacks an open outlet; the empty one means all."""
        return bool(outlets) and self.open_bits & ~outlet_sets.bits_of(outlets) != 0

    def require_connected(self, at: datetime) -> None:
        """Refuse a register without a shop, or with one whose till no store key connects."""
        if not self.open:
            raise IllegalStep("outlet_missing", ("add_outlet",) if self.has_room else ())
        if any(place.keyed_until <= at.timestamp() for place in self.open.values()):
            raise IllegalStep("key_missing", ("issue_key",))

    def takes_cards(self, at: datetime) -> bool:
        """Return whether a live store key connects the till of some open outlet."""
        return bool(self.connected(at))

    def connected(self, at: datetime) -> dict[int, OutletPlace]:
        """Return the open outlets whose tills a live store key connects, by number."""
        moment = at.timestamp()
        return {n: place for n, place in self.open.items() if place.keyed_until > moment}

    def needing_keys(self, at: datetime) -> list[str]:
        """Return the open outlets whose tills no store key connects, or none for long."""
        moment = int((at + RENEWED_WITHIN).timestamp())
        return [place.outlet_id for place in self.open.values() if place.keyed_until <= moment]

    @property
    def keys_end_at(self) -> datetime | None:
        """When keys of an open outlet end next, if that is not announced yet."""
        ends = [place.keyed_until for place in self.open.values()]
        later = [end for end in ends if end > self.keys_reminded_of]
        return datetime.fromtimestamp(min(later), UTC) if later else None

    def keys_due_at(self, leaves_at: datetime | None) -> datetime | None:
        """Return when the next end of keys is announced; not to a partner that has left by then."""
        ending = self.keys_end_at
        if ending is None or (leaves_at is not None and leaves_at <= ending):
            return None
        return ending - KEYS_NOTICE

    @property
    def keys_ending(self) -> int:
        """In how many open outlets keys end as was announced, or were revoked since."""
        ends = (place.keyed_until for place in self.open.values())
        return sum(end <= self.keys_reminded_of for end in ends) if self.keys_reminded_of else 0

    def note_keys(self, outlet_id: str, until: int, full_until: int) -> Self:
        """Note until when an outlet has a key; an end that was averted may be announced again."""
        noted = self.replace(outlet_id, keyed_until=until, full_until=full_until)
        if until and noted.keys_ending and not self.keys_ending:
            return noted._with(keys_reminded_of=until - 1)
        return noted

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
