"""What a store does at its till: check a card, tell what was bought, take it back."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from services.cards import numbers, till_rows
from services.cards.till import domain, messages, records
from services.cards.till.contract import (
    CardCheckRequest,
    CardCheckView,
    PurchaseRequest,
    PurchaseView,
)
from services.cards.till.domain import Reason
from services.cards.till.records import Check, Purchase
from services.cards.till.repository import ForCheck, ForPurchase, Rows, Stale, Store
from services.cards.till.scanning import scan
from services.cards.till_rows import CardTill, KeyTill, OfferSpan, PartnerTill, StoreKey
from shared import clock
from shared.errors import (
    Forbidden,
    Invalid,
    NotFound,
    RuleBroken,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from shared.observability import count, note
from shared.secrets import Secrets

ATTEMPTS = 5
PARTNER_PAUSED = "paused"
_NO_SECRET = "0" * 64
_TEST_STATUS = {"ok": till_rows.CARD_ACTIVE, "not_activated": till_rows.CARD_ISSUED}


@dataclass(frozen=True, slots=True)
class Caller:
    """A store at work: its key as it was shown, the request's own key, and the correlation id."""

    key: StoreKey
    repeat: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Till:
    """What the use cases work with."""

    rows: Rows
    secrets: Secrets


def check_card(form: CardCheckRequest, caller: Caller, till: Till) -> CardCheckView:
    """Say whether the discount applies, and leave a record of having said so."""
    text = domain.check_one_of(form.code, form.number)
    moment = clock.wall().timestamp()
    shown = scan(text, till.secrets, moment)
    second = int(moment)
    for _ in range(ATTEMPTS):
        found = till.rows.for_check(caller.key, shown.handle)
        partner, key = _admit(found.store, caller.key, second)
        now = clock.now()
        offer = _offer(partner, key, now)
        if key.sandbox:
            found = ForCheck(found.store, _test_card(till.secrets, shown.handle), found.uses)
        reason = domain.judge(shown, found.card, found.uses, second)
        wait = found.store.tries.wait(second)
        turning = reason == "ok" and shown.step is not None
        if wait is not None and (wait[0] == "key_locked" or not turning):
            raise _throttled(*wait)
        check = _record(shown, reason, offer, partner, key, caller, till, now)
        item = records.check_item(check, till.secrets, caller.correlation_id)
        try:
            if turning:
                old = till.rows.put(item)
            else:
                old = till.rows.put_counted(item, found, reason == "ok", second)
        except Stale:
            continue
        if old is not None:
            return _replayed(records.read_check(old), check)
        _tell(check, found.store, second)
        return _view(check)
    raise Unavailable


def record_purchase(
    check_id: str, form: PurchaseRequest, caller: Caller, till: Till
) -> PurchaseView:
    """Record what was bought under a check, once."""
    found, check, zone = _checked(check_id, caller, till)
    now = int(clock.now().timestamp())
    purchase = Purchase(
        check_id=check_id,
        partner_id=check.partner_id,
        outlet_id=check.outlet_id,
        region=check.region,
        month=_month(zone, clock.now()),
        at=now,
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
        domain.check_purchase(check.reason, check.at, now)
        old = till.rows.put(records.purchase_item(purchase, caller.correlation_id))
        if old is None:
            count("purchase_recorded")
            return _purchase_view(purchase)
        earlier = records.read_purchase(old)
    domain.check_same_purchase(
        hmac.compare_digest(earlier.fingerprint, purchase.fingerprint),
        hmac.compare_digest(earlier.repeat, purchase.repeat),
        found.rollback is not None,
    )
    return _purchase_view(earlier).again()


def roll_back(check_id: str, caller: Caller, till: Till) -> PurchaseView:
    """Take a recorded purchase back, whole; a second time changes nothing and says the same."""
    found, check, _ = _checked(check_id, caller, till)
    if found.rollback is not None:
        return _purchase_view(found.rollback).again()
    now = int(clock.now().timestamp())
    bought = found.purchase
    domain.check_rollback(bought.at if bought else None, now)
    assert bought is not None
    rollback = Purchase(
        check_id=check_id,
        partner_id=bought.partner_id,
        outlet_id=bought.outlet_id,
        region=bought.region,
        month=bought.month,
        at=now,
        amount=bought.amount,
        saved=bought.saved,
        receipt_id=bought.receipt_id,
        fingerprint=bought.fingerprint,
        repeat=records.fingerprint(till.secrets, caller.repeat),
        sandbox=check.sandbox,
        returned=True,
    )
    old = till.rows.put(records.purchase_item(rollback, caller.correlation_id))
    if old is not None:
        return _purchase_view(records.read_purchase(old)).again()
    count("purchase_rolled_back")
    return _purchase_view(rollback)


def _admit(store: Store, shown: StoreKey, second: int) -> tuple[PartnerTill, KeyTill]:
    """The partner and key behind what was shown; raises unless both may work now."""
    stored = store.key.secret_hash if store.key is not None else _NO_SECRET
    fits = hmac.compare_digest(stored, till_rows.secret_hash(shown.secret))
    if store.partner is None or store.key is None or not fits:
        raise _stranger("store_key_unknown")
    note(partner_id=store.partner.partner_id, outlet_id=store.key.outlet_id)
    if store.partner.status not in (till_rows.PARTNER_ACTIVE, PARTNER_PAUSED):
        raise Forbidden("check", "partner_ended")
    if store.key.sandbox != shown.sandbox or not store.key.opens(shown.secret, second):
        raise _stranger("store_key_expired")
    return store.partner, store.key


def _offer(partner: PartnerTill, key: KeyTill, now: datetime) -> OfferSpan:
    if partner.status == PARTNER_PAUSED:
        raise Forbidden("check", "partner_paused")
    offer = partner.offer_at(key.outlet_id, int(now.timestamp()))
    if offer is None:
        raise RuleBroken("no_offer")
    return offer


def _stranger(code: str) -> Unauthenticated:
    count("store_key_refused")
    return Unauthenticated(code)


def _throttled(code: str, seconds: int) -> TooMany:
    count("card_check_throttled")
    return TooMany(code, retry_after=seconds)


@cache
def _test_handles(secrets: Secrets) -> dict[str, str]:
    key = secrets.child(till_rows.NUMBER_KEY)
    return {till_rows.handle_of(key, n): name for name, n in numbers.TEST_NUMBERS.items()}


def _test_card(secrets: Secrets, handle: str) -> CardTill | None:
    """The test card of that handle: a sandbox key sees no other."""
    name = _test_handles(secrets).get(handle)
    if name is None or name not in _TEST_STATUS:
        return None
    return CardTill(handle, f"crd_test_{name}", _TEST_STATUS[name], 1)


def _record(
    shown: domain.Scan,
    reason: Reason,
    offer: OfferSpan,
    partner: PartnerTill,
    key: KeyTill,
    caller: Caller,
    till: Till,
    now: datetime,
) -> Check:
    if reason == "ok" and shown.step is not None:
        check_id = records.scan_id(
            till.secrets, shown.handle, shown.step, key.outlet_id, key.sandbox
        )
    else:
        check_id = records.request_id(till.secrets, caller.repeat, key.outlet_id, key.sandbox)
    return Check(
        check_id=check_id,
        partner_id=partner.partner_id,
        outlet_id=key.outlet_id,
        key_id=key.key_id,
        region=partner.region,
        month=_month(partner.zone, now),
        at=int(now.timestamp()),
        reason=reason,
        method=shown.method,
        offer_id=offer.offer_id,
        percent=offer.percent,
        handle=shown.handle,
        fingerprint=records.fingerprint(till.secrets, shown.method, shown.handle),
        sandbox=key.sandbox,
    )


def _month(zone: str, moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m")


def _replayed(old: Check, new: Check) -> CardCheckView:
    """The earlier answer under the same id, unless it answered another question."""
    if not hmac.compare_digest(old.fingerprint, new.fingerprint):
        raise Invalid("idempotency_key_reused")
    note(check_id=old.check_id, result=old.reason)
    return _view(old).again()


def _tell(check: Check, store: Store, second: int) -> None:
    note(check_id=check.check_id, result=check.reason, method=check.method)
    if check.sandbox:
        return
    count("card_checked" if check.reason == "ok" else "card_check_refused")
    if check.reason != "ok" and store.tries.locks_with_another_bad_try(second):
        count("store_key_locked")


def _view(check: Check) -> CardCheckView:
    valid = check.reason == "ok"
    percent = check.percent if valid else 0
    return CardCheckView(
        valid=valid,
        discount_percent=percent,
        offer_id=check.offer_id if valid else None,
        reason=check.reason,
        message=messages.for_cashier(check.reason, percent),
        check_id=check.check_id,
    )


def _purchase_view(purchase: Purchase) -> PurchaseView:
    return PurchaseView(
        check_id=purchase.check_id,
        status="rolled_back" if purchase.returned else "recorded",
        amount_kopecks=purchase.amount,
        saved_kopecks=purchase.saved,
        receipt_id=purchase.receipt_id,
    )


def _checked(check_id: str, caller: Caller, till: Till) -> tuple[ForPurchase, Check, str]:
    """A check of the outlet that asks, and its zone; another outlet's does not exist for it."""
    found = till.rows.for_purchase(caller.key, check_id)
    partner, key = _admit(found.store, caller.key, int(clock.wall().timestamp()))
    check = found.check
    if check is None or check.outlet_id != key.outlet_id or check.sandbox != key.sandbox:
        raise NotFound("check", check_id)
    note(check_id=check_id)
    return found, check, partner.zone
