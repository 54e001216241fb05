"""The rows that cards, partners and the till agree on.

A check reads the first three, which cards and partners write; the till writes the last one, and
the counters keep a copy of it without its card.

PARTNER#<partner id> / TILL        status, region, zone, `offers` (JSON): those in force or to come,
                                   each [offer id, percent, from, until, outlets, kopecks, minimum];
                                   `closed`: outlets that take no part; sets as in `outlet_sets`
PARTNER#<partner id> / KEY#<key>   hash of the store key's secret, its outlet and that one's number,
                                   expiry, status
CARD#<handle> / TILL               status, card id, generations of what its phone and paper show
CHECK#<check id> / CHECK           one check

The first three are written in the transaction that changes their partner or card, so a check sent
after the answer to a block never says `valid`. Moments are whole Unix seconds; `until` is
exclusive, 0 means open.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, NamedTuple, TypeVar

from pydantic import Json, TypeAdapter

from services.cards import outlet_sets

SORT_KEY = "TILL"
CHECK = "CHECK"
NUMBER_KEY = "card-number"
VISITOR_KEY = "card-visitor"
PARTNER_ACTIVE = "active"
KEY_LIVE = "live"
CARD_ACTIVE = "active"
CARD_ISSUED = "issued"

T = TypeVar("T")

Attributes = dict[str, str | int | bytes]


class OfferSpan(NamedTuple):
    """A fixed discount, the moments between which it holds and the set of its outlets.

    It is `percent` of the price, or `kopecks` off a purchase of at least `minimum` kopecks. An
    empty set means all outlets.
    """

    offer_id: str
    percent: int
    starts: int
    ends: int
    outlets: str = ""
    kopecks: int = 0
    minimum: int = 0

    def holds_in(self, number: int) -> bool:
        """Return whether the discount is one of the outlet of that number."""
        return not self.outlets or outlet_sets.has(self.outlets, number)

    def covers(self, moment: int) -> bool:
        """Return whether that second is within the bounds of the discount."""
        return self.starts <= moment and (not self.ends or moment < self.ends)


def in_force(offers: Iterable[OfferSpan], moment: int) -> OfferSpan | None:
    """Return the one of an outlet's offers that is in force at that second.

    It is the one that began last: an older one waits behind it and resumes when it ends.
    """
    return max((o for o in offers if o.covers(moment)), key=lambda o: o.starts, default=None)


@dataclass(frozen=True, slots=True)
class PartnerTill:
    """A partner as a check needs it."""

    partner_id: str
    status: str
    region: str
    zone: str
    offers: Json[Sequence[OfferSpan]] = field(default_factory=list)
    closed: str = ""

    def offer_at(self, number: int, moment: int) -> OfferSpan | None:
        """Return the one offer in force at that second of the outlet of that number."""
        if outlet_sets.has(self.closed, number):
            return None
        return in_force((offer for offer in self.offers if offer.holds_in(number)), moment)


@dataclass(frozen=True, slots=True)
class KeyTill:
    """A store key as a till needs it; `sandbox` keys see test numbers only.

    `outlet_title` is what the cashier reads of the shop; `outlet_number` is the outlet's among the
    partner's.
    """

    partner_id: str
    key_id: str
    outlet_id: str
    secret_hash: str
    status: str
    expires: int
    sandbox: bool = False
    outlet_title: str = ""
    outlet_number: int = 0

    def fits(self, secret: str) -> bool:
        """Return whether this secret belongs to the key."""
        return hmac.compare_digest(self.secret_hash, secret_hash(secret))

    def lives(self, moment: int) -> bool:
        """Return whether the key may be used at that second."""
        return self.status == KEY_LIVE and moment < self.expires


@dataclass(frozen=True, slots=True)
class CardTill:
    """A card as a check needs it; codes of an older generation are void."""

    handle: str
    card_id: str
    status: str
    generation: int
    print_generation: int

    def generation_of(self, method: str) -> int:
        """Return the generation that a code must have which was shown that way."""
        return self.generation if method == "rotating" else self.print_generation


def partner_key(partner_id: str) -> tuple[str, str]:
    """Return the primary key of the partner's row."""
    return f"PARTNER#{partner_id}", SORT_KEY


def store_key(partner_id: str, key_id: str) -> tuple[str, str]:
    """Return the primary key of a store key's row."""
    return f"PARTNER#{partner_id}", f"KEY#{key_id}"


def card_key(handle: str) -> tuple[str, str]:
    """Return the primary key of a card's row."""
    return f"CARD#{handle}", SORT_KEY


def check_key(check_id: str, kind: str = CHECK) -> tuple[str, str]:
    """Return the primary key of a check's row, or of a purchase or rollback under it."""
    return f"CHECK#{check_id}", kind


def partner_attributes(row: PartnerTill) -> Attributes:
    """Return the row of a partner without its primary key."""
    return asdict(row) | {"offers": json.dumps(row.offers, separators=(",", ":"))}


def key_attributes(row: KeyTill) -> Attributes:
    """Return the row of a store key without its primary key."""
    return asdict(row) | {"sandbox": int(row.sandbox)}


def card_attributes(row: CardTill) -> Attributes:
    """Return the row of a card without its primary key."""
    return asdict(row)


def read(kind: Callable[..., T], item: Mapping[str, Any]) -> T:
    """Read a DynamoDB item (low-level form); pydantic reads the numbers, sent as text."""
    plain = {name: value for name, typed in item.items() for value in typed.values()}
    row: T = _reader(kind).validate_python(plain)
    return row


@cache
def _reader(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def handle_of(number_key: bytes, number: str) -> str:
    """Return the name under which a card is found: 160 keyed bits of its 16-digit number."""
    digest = hmac.digest(number_key, number.encode("ascii"), "sha256")
    return base64.b32encode(digest[:20]).decode("ascii")


def visitor_of(visitor_key: bytes, handle: str, partner_id: str, month: str) -> str:
    """Return a pseudonym of a card that is the same within one partner and month only."""
    message = f"{handle}|{partner_id}|{month}".encode()
    return hmac.digest(visitor_key, message, "sha256")[:16].hex()


class StoreKeyParts(NamedTuple):
    """The parts of a store key as a till shows it."""

    partner_id: str
    key_id: str
    secret: str
    sandbox: bool


def secret_text(bits: bytes) -> str:
    """Return 256 bits as a till shows them instead of a password."""
    return base64.b32encode(bits).decode("ascii").rstrip("=").lower()


def secret_hash(secret: str) -> str:
    """Return the hash that is stored of a secret; a plain one is enough for 256 random bits."""
    return hashlib.sha256(secret.encode("ascii", "replace")).hexdigest()


def write_store_key(key: StoreKeyParts) -> str:
    """Return the text a partner pastes into its till, e.g. `ryadom_live_01J…_01J…_abc…`."""
    kind = "test" if key.sandbox else "live"
    return f"ryadom_{kind}_{_bare(key.partner_id)}_{_bare(key.key_id)}_{key.secret}"


def parse_store_key(text: str) -> StoreKeyParts | None:
    """Return the parts of a store key, or None when the text cannot be one."""
    parts = text.split("_")
    if len(text) > 200 or len(parts) != 5 or not text.isascii():
        return None
    brand, kind, partner, key, secret = parts
    if brand != "ryadom" or kind not in ("live", "test") or not (partner and key and secret):
        return None
    return StoreKeyParts(f"par_{partner}", f"key_{key}", secret, kind == "test")


def _bare(identifier: str) -> str:
    return identifier.split("_", 1)[1]
