"""What a store asks at its till: is this card good for our discount?"""

import hmac
from dataclasses import replace
from datetime import datetime
from functools import cache

from services.cards import card_numbers, till_read_model
from services.cards.till import domain, records
from services.cards.till.commands import CardCheckRequest
from services.cards.till.domain import Reason, Scan
from services.cards.till.policy import PARTNER_PAUSED, StoreCaller, admit
from services.cards.till.records import Check
from services.cards.till.repository import CheckContext, LostRace, TillRepository
from services.cards.till.scanning import scan
from services.cards.till.views import CardCheckView
from services.cards.till_read_model import CardTill, KeyTill, OfferSpan, PartnerTill, StoreKeyParts
from shared import clock
from shared.api.inputs import Request
from shared.errors import Forbidden, IllegalStep, Invalid, RateLimited, Unavailable
from shared.keyring import Secrets
from shared.observability import count, note

ATTEMPTS = 5
_TEST_STATUS = {"ok": till_read_model.CARD_ACTIVE, "not_activated": till_read_model.CARD_ISSUED}


def check_card(
    body: CardCheckRequest, caller: StoreKeyParts, request: Request, till: TillRepository
) -> CardCheckView:
    """Ask whether a card gives the discount.

    Give `code` (what the scanner read) or `number` (what the cashier typed). When `valid` is true,
    sell with exactly `discount_percent`, or, where that is 0, `discount_kopecks` off a purchase of
    at least `minimum_purchase_kopecks`, and at most its whole price. Show `message` to the cashier.
    Repeat an unanswered request with the same `Idempotency-Key`: it is counted once.
    """
    store = StoreCaller.of(caller, request)
    text = domain.check_one_of(body.code, body.number)
    shown = scan(text, till.secrets, clock.wall().timestamp())
    if shown is None:
        raise _unreadable(body, store, till)
    for _ in range(ATTEMPTS):
        try:
            return _check(shown, int(clock.wall().timestamp()), store, till)
        except LostRace:
            continue
    raise Unavailable


def _unreadable(body: CardCheckRequest, store: StoreCaller, till: TillRepository) -> Invalid:
    """Return the refusal of what names no card: it is no try, and the cashier scans again."""
    admit(till.store_state(store.key), store.key, int(clock.wall().timestamp()))
    count("card_unreadable")
    return Invalid("card_unreadable", "/number" if body.code is None else "/code")


def _check(shown: Scan, second: int, store: StoreCaller, till: TillRepository) -> CardCheckView:
    """Read three rows, judge the card and store the record; a repeat gets its earlier answer."""
    request_ids = records.request_ids(till.secrets, store.key, store.repeat, second)
    rotating = shown.method == "rotating"
    found = till.check_context(store.key, shown.handle, () if rotating else request_ids)
    partner, key = admit(found, store.key, second)
    if key.sandbox:
        found = replace(found, card=_test_cards(till.secrets).get(shown.handle))
    now = clock.now()
    day = domain.day_of(partner.zone, now)
    reason = domain.judge(shown, found.card, found.uses, day)
    scan_id = records.scan_id(till.secrets, shown.handle, shown.step, key.outlet_id, key.sandbox)
    turning = rotating and reason == "ok"
    check_id = scan_id if turning else request_ids[0]
    check = _record(check_id, reason, shown, partner, key, second, now, store, till.secrets)
    if turning:
        return _put(check, store, till)
    earlier = till.checks((scan_id, *request_ids)) if rotating else found.earlier
    for old in earlier:
        if hmac.compare_digest(old.repeat, check.repeat) and domain.is_repeat(old.asked, second):
            return _repeated(old, check, domain.still_good(shown, found.card), store, till)
    return _counted(check, found, day, shown.guess, store, till)


def _record(
    check_id: str,
    reason: Reason,
    shown: Scan,
    partner: PartnerTill,
    key: KeyTill,
    second: int,
    now: datetime,
    store: StoreCaller,
    secrets: Secrets,
) -> Check:
    """Return the record of a check, with the discount in force in the outlet."""
    offer = _offer(partner, key, now)
    return Check(
        check_id=check_id,
        partner_id=partner.partner_id,
        outlet_id=key.outlet_id,
        key_id=key.key_id,
        region=partner.region,
        month=domain.month_of(partner.zone, now),
        at=int(now.timestamp()),
        reason=reason,
        method=shown.method,
        offer_id=offer.offer_id,
        percent=offer.percent,
        kopecks=offer.kopecks,
        minimum=offer.minimum,
        handle=shown.handle,
        fingerprint=records.fingerprint(secrets, shown.method, shown.handle, shown.proof),
        sandbox=key.sandbox,
        asked=second,
        repeat=records.fingerprint(secrets, store.repeat),
    )


def _counted(
    check: Check,
    found: CheckContext,
    day: int,
    guess: bool,
    store: StoreCaller,
    till: TillRepository,
) -> CardCheckView:
    """Record a check that counts as a try of its key; a guess too many must wait."""
    wait = found.tries.wait(check.asked) if guess else None
    if wait is not None:
        count("card_check_throttled")
        raise RateLimited(*wait)
    bad = guess and check.reason != "ok"
    till.put_counted(check, store.correlation_id, found, day, guess=guess, bad=bad)
    _note_outcome(check)
    if bad and found.tries.locks_with_another_bad_try(check.asked):
        count("store_key_locked")
    return CardCheckView.of_check(check)


def _put(check: Check, store: StoreCaller, till: TillRepository) -> CardCheckView:
    """Record a check that is no try; return the answer it was given if it is there already."""
    old = till.put(check, store.correlation_id)
    if old is not None:
        return _replayed(old)
    _note_outcome(check)
    return CardCheckView.of_check(check)


def _repeated(
    old: Check, new: Check, still_good: bool, store: StoreCaller, till: TillRepository
) -> CardCheckView:
    """Return the earlier answer to a repeated request, but no yes that has ended meanwhile."""
    if not hmac.compare_digest(old.fingerprint, new.fingerprint):
        raise Invalid("idempotency_key_reused")
    if old.reason != "ok" or still_good:
        return _replayed(old)
    check_id = records.check_id(till.secrets, "ended", old.check_id)
    return _put(new.model_copy(update={"check_id": check_id}), store, till)


def _offer(partner: PartnerTill, key: KeyTill, now: datetime) -> OfferSpan:
    if partner.status == PARTNER_PAUSED and not key.sandbox:
        raise Forbidden("check", "partner_paused")
    offer = domain.offer_of(partner, key, int(now.timestamp()))
    if offer is None:
        raise IllegalStep("no_offer")
    return offer


@cache
def _test_cards(secrets: Secrets) -> dict[str, CardTill]:
    """Return the test cards by handle: a sandbox key sees no others."""
    key = secrets.child(till_read_model.NUMBER_KEY)
    handles = {
        name: till_read_model.handle_of(key, card_numbers.TEST_NUMBERS[name])
        for name in _TEST_STATUS
    }
    return {
        handle: CardTill(handle, f"crd_test_{name}", _TEST_STATUS[name], 1)
        for name, handle in handles.items()
    }


def _replayed(old: Check) -> CardCheckView:
    note(check_id=old.check_id, result=old.reason)
    return CardCheckView.of_check(old).again()


def _note_outcome(check: Check) -> None:
    note(check_id=check.check_id, result=check.reason, method=check.method)
    if not check.sandbox:
        count("card_checked" if check.reason == "ok" else "card_check_refused")
