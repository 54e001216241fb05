"""What a store does at its till: check a card, tell what was bought, take it back."""

import hmac
import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from services.cards import card_numbers as numbers
from services.cards import till_read_model as till_rows
from services.cards.till import domain, records
from services.cards.till.commands import (
    CardCheckRequest,
    CardCheckView,
    PurchaseRequest,
    PurchaseView,
)
from services.cards.till.domain import Scan
from services.cards.till.records import Check, Purchase, Rollback
from services.cards.till.repository import ForCheck, ForPurchase, Stale, Store, Till
from services.cards.till.scanning import scan
from services.cards.till_read_model import CardTill, KeyTill, OfferSpan, PartnerTill, StoreKey
from shared import clock
from shared.errors import (
    Forbidden,
    IllegalStep,
    Invalid,
    NotFound,
    RateLimited,
    Unauthenticated,
    Unavailable,
)
from shared.keyring import Secrets
from shared.observability import count, note

ATTEMPTS = 5
PARTNER_PAUSED = "paused"
_TEST_STATUS = {"ok": till_rows.CARD_ACTIVE, "not_activated": till_rows.CARD_ISSUED}
# The one sentence a cashier reads, by reason.
_SENTENCES = tomllib.loads(Path(__file__).with_name("messages.toml").read_text("utf-8"))["cashier"]


@dataclass(frozen=True, slots=True)
class Caller:
    """A store at work: its key as it was shown, the request's own key, and the correlation id."""

    key: StoreKey
    repeat: str
    correlation_id: str


def check_card(form: CardCheckRequest, caller: Caller, till: Till) -> CardCheckView:
    """Say whether the discount applies, and leave a record of having said so."""
    text = domain.check_one_of(form.code, form.number)
    moment = clock.wall().timestamp()
    shown = scan(text, till.secrets, moment)
    for _ in range(ATTEMPTS):
        try:
            return _check(shown, int(moment), caller, till)
        except Stale:
            continue
    raise Unavailable


def _check(shown: Scan, second: int, caller: Caller, till: Till) -> CardCheckView:
    found = till.for_check(caller.key, shown.handle)
    partner, key = _admit(found, caller.key, second)
    now = clock.now()
    offer = _offer(partner, key, now)
    if key.sandbox:
        found = replace(found, card=_test_cards(till.secrets).get(shown.handle))
    reason = domain.judge(shown, found.card, found.uses, second)
    turning = reason == "ok" and shown.step is not None
    if wait := found.tries.wait(second, counted=not turning):
        count("card_check_throttled")
        raise RateLimited(*wait)
    # A second scan of a turning code at this outlet is the same check, as is a repeated request.
    same = ("scan", shown.handle, shown.step) if turning else ("request", caller.repeat)
    check = Check(
        check_id=records.check_id(till.secrets, *same, key.outlet_id, key.sandbox),
        partner_id=partner.partner_id,
        outlet_id=key.outlet_id,
        key_id=key.key_id,
        region=partner.region,
        month=_month(partner, now),
        at=int(now.timestamp()),
        reason=reason,
        method=shown.method,
        offer_id=offer.offer_id,
        percent=offer.percent,
        handle=shown.handle,
        fingerprint=records.fingerprint(till.secrets, shown.method, shown.handle),
        sandbox=key.sandbox,
    )
    if turning:
        old = till.put(check, caller.correlation_id)
    else:
        old = till.put_counted(check, caller.correlation_id, found, second)
    if old is not None:
        return _replayed(old, check)
    _tell(check, found, second)
    return _view(check)


def record_purchase(
    check_id: str, form: PurchaseRequest, caller: Caller, till: Till
) -> PurchaseView:
    """Record what was bought under a check, once."""
    found, check, partner = _checked(check_id, caller, till)
    now = clock.now()
    purchase = Purchase(
        check_id=check_id,
        partner_id=check.partner_id,
        outlet_id=check.outlet_id,
        region=check.region,
        month=_month(partner, now),
        at=int(now.timestamp()),
        amount=form.amount_kopecks,
        saved=domain.saved(form.amount_kopecks, check.percent),
        receipt_id=form.receipt_id,
        fingerprint=records.fingerprint(
            till.secrets, check_id, form.amount_kopecks, form.receipt_id
        ),
        repeat=records.fingerprint(till.secrets, caller.repeat),
        sandbox=check.sandbox,
    )
    earlier = found.purchase
    if earlier is None:
        domain.check_purchase(check.reason, check.at, purchase.at)
        earlier = till.put(purchase, caller.correlation_id)
    if earlier is None:
        count("purchase_recorded")
        return _purchase_view(purchase)
    domain.check_same_purchase(
        hmac.compare_digest(earlier.fingerprint, purchase.fingerprint),
        hmac.compare_digest(earlier.repeat, purchase.repeat),
        found.rollback is not None,
    )
    return _purchase_view(earlier).again()


def roll_back(check_id: str, caller: Caller, till: Till) -> PurchaseView:
    """Take a recorded purchase back, whole; a second time changes nothing and says the same."""
    found, _, _ = _checked(check_id, caller, till)
    if found.rollback is not None:
        return _purchase_view(found.rollback).again()
    if found.purchase is None:
        raise IllegalStep("no_purchase", next_steps=("purchase",))
    now = int(clock.now().timestamp())
    domain.check_rollback(found.purchase.at, now)
    changed = {"at": now, "repeat": records.fingerprint(till.secrets, caller.repeat)}
    rollback = Rollback(**found.purchase.model_dump() | changed)
    old = till.put(rollback, caller.correlation_id)
    if old is not None:
        return _purchase_view(old).again()
    count("purchase_rolled_back")
    return _purchase_view(rollback)


def _checked(check_id: str, caller: Caller, till: Till) -> tuple[ForPurchase, Check, PartnerTill]:
    """A check of the outlet that asks, and its partner; another outlet's does not exist for it."""
    found = till.for_purchase(caller.key, check_id)
    partner, key = _admit(found, caller.key, int(clock.wall().timestamp()))
    check = found.check
    if check is None or check.outlet_id != key.outlet_id or check.sandbox != key.sandbox:
        raise NotFound("check", check_id)
    note(check_id=check_id)
    return found, check, partner


def _admit(store: Store, shown: StoreKey, second: int) -> tuple[PartnerTill, KeyTill]:
    """The partner and key behind what was shown; raises unless both may work now."""
    partner, key = store.partner, store.key
    if partner is None or key is None or not key.fits(shown.secret):
        raise _stranger("store_key_unknown")
    note(partner_id=partner.partner_id, outlet_id=key.outlet_id)
    if partner.status not in (till_rows.PARTNER_ACTIVE, PARTNER_PAUSED):
        raise Forbidden("check", "partner_ended")
    if key.sandbox != shown.sandbox or not key.lives(second):
        raise _stranger("store_key_expired")
    return partner, key


def _stranger(code: str) -> Unauthenticated:
    count("store_key_refused")
    return Unauthenticated(code)


def _offer(partner: PartnerTill, key: KeyTill, now: datetime) -> OfferSpan:
    if partner.status == PARTNER_PAUSED:
        raise Forbidden("check", "partner_paused")
    offer = partner.offer_at(key.outlet_id, int(now.timestamp()))
    if offer is None:
        raise IllegalStep("no_offer")
    return offer


@cache
def _test_cards(secrets: Secrets) -> dict[str, CardTill]:
    """The test cards by handle: a sandbox key sees no others."""
    key = secrets.child(till_rows.NUMBER_KEY)
    cards = [
        CardTill(
            till_rows.handle_of(key, numbers.TEST_NUMBERS[name]), f"crd_test_{name}", status, 1
        )
        for name, status in _TEST_STATUS.items()
    ]
    return {card.handle: card for card in cards}


def _month(partner: PartnerTill, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(partner.zone)).strftime("%Y-%m")


def _replayed(old: Check, new: Check) -> CardCheckView:
    """The earlier answer under the same id, unless it answered another question."""
    if not hmac.compare_digest(old.fingerprint, new.fingerprint):
        raise Invalid("idempotency_key_reused")
    note(check_id=old.check_id, result=old.reason)
    return _view(old).again()


def _tell(check: Check, found: ForCheck, second: int) -> None:
    note(check_id=check.check_id, result=check.reason, method=check.method)
    if check.sandbox:
        return
    count("card_checked" if check.reason == "ok" else "card_check_refused")
    if check.reason != "ok" and found.tries.locks_with_another_bad_try(second):
        count("store_key_locked")


def _view(check: Check) -> CardCheckView:
    valid = check.reason == "ok"
    percent = check.percent if valid else 0
    return CardCheckView(
        valid=valid,
        discount_percent=percent,
        offer_id=check.offer_id if valid else None,
        reason=check.reason,
        message=_SENTENCES[check.reason].format(percent=percent),
        check_id=check.check_id,
    )


def _purchase_view(purchase: Purchase) -> PurchaseView:
    return PurchaseView(
        check_id=purchase.check_id,
        status="rolled_back" if isinstance(purchase, Rollback) else "recorded",
        amount_kopecks=purchase.amount,
        saved_kopecks=purchase.saved,
        receipt_id=purchase.receipt_id,
    )
