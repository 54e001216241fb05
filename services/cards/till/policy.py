"""Which store is calling, and whether it may work now."""

from dataclasses import dataclass
from typing import Self

from services.cards import till_read_model
from services.cards.till.domain import ROLLBACK_WITHIN
from services.cards.till.repository import StoreState
from services.cards.till_read_model import KeyTill, PartnerTill, StoreKeyParts
from shared.api.inputs import Request
from shared.errors import Forbidden, Unauthenticated
from shared.observability import count, note

PARTNER_PAUSED = "paused"
PARTNER_ENDED = "ended"
PARTNER_NEGOTIATING = "negotiating"


@dataclass(frozen=True, slots=True)
class StoreCaller:
    """A store at work: the key it shows, the request's own key, and the correlation id."""

    key: StoreKeyParts
    repeat: str
    correlation_id: str

    @classmethod
    def of(cls, key: StoreKeyParts, request: Request) -> Self:
        """Return the store behind a request; refuse one without an `Idempotency-Key`."""
        return cls(key, request.idempotency_key, request.correlation_id)


def identify_store(request: Request) -> StoreKeyParts:
    """Return the parts of the key that a request shows; the use case proves it."""
    key = till_read_model.parse_store_key(request.header("X-API-Key") or "")
    if key is None:
        raise Unauthenticated("store_key_unknown")
    return key


def admit(
    store: StoreState, shown: StoreKeyParts, second: int, *, finishing: bool = False
) -> tuple[PartnerTill, KeyTill]:
    """Return the partner and the key behind what was shown; refuse unless both may work now.

    A sandbox key works before the partner is published. An ended partner finishes what a check has
    begun: it records the purchase, and takes goods back, also by a key that has run out since, for
    which it gets no other.
    """
    partner, key = store.partner, store.key
    if partner is None or key is None or not key.fits(shown.secret) or key.sandbox != shown.sandbox:
        raise _refused_key("store_key_unknown")
    note(partner_id=partner.partner_id, outlet_id=key.outlet_id, key_id=key.key_id)
    working = {till_read_model.PARTNER_ACTIVE, PARTNER_PAUSED}
    working |= {PARTNER_NEGOTIATING} if key.sandbox else set()
    working |= {PARTNER_ENDED} if finishing else set()
    if partner.status not in working:
        early = partner.status == PARTNER_NEGOTIATING
        raise Forbidden("check", "partner_not_published" if early else "partner_ended")
    if not key.lives(second - (ROLLBACK_WITHIN if partner.status == PARTNER_ENDED else 0)):
        raise _refused_key("store_key_expired")
    return partner, key


def may_check(partner: PartnerTill, key: KeyTill) -> bool:
    """Return whether a key that may finish what it began may begin something, too."""
    trial = key.sandbox and partner.status != PARTNER_ENDED
    return trial or partner.status == till_read_model.PARTNER_ACTIVE


def _refused_key(code: str) -> Unauthenticated:
    count("store_key_refused")
    return Unauthenticated(code)
