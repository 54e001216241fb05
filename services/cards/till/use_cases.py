"""What a store asks at its till: is this card good for our discount?"""

import contextlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial

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
from shared import budget, clock
from shared.api.inputs import Request
from shared.errors import Forbidden, IllegalStep, Invalid, RateLimited, Unavailable
from shared.keyring import Secrets
from shared.observability import count, note

ATTEMPTS = 5
_TEST_STATUS = {"ok": till_read_model.CARD_ACTIVE, "not_activated": till_read_model.CARD_ISSUED}


@dataclass(frozen=True, slots=True)
class Attempt:
    """A card that a store holds out, at one second of wall time and moment of business time.

    `fingerprint` and `repeat` recognise the same request again.
    """

    shown: Scan
    store: StoreCaller
    fingerprint: str
    repeat: str
    second: int
    now: datetime


def check_card(
    body: CardCheckRequest, caller: StoreKeyParts, request: Request, till: TillRepository
) -> CardCheckView:
    """Ask whether a card gives the discount.

    Give `code` (what the scanner read) or `number` (what the cashier typed). When `valid` is true,
    sell with exactly `discount_percent`, or, where that is 0, `discount_kopecks` off a purchase of
    at least `minimum_purchase_kopecks`, and at most its whole price. Show `message` to the cashier.
    Repeat an unanswered request within ten minutes and with the same `Idempotency-Key`: it is
    counted once.
    """
    store = StoreCaller.of(caller, request)
    text = domain.check_one_of(body.code, body.number)
    shown = scan(text, till.secrets, clock.wall().timestamp())
    if shown is None:
        raise _unreadable(body, store, till)
    mark = partial(records.fingerprint, till.secrets)
    attempt = partial(
        Attempt,
        shown,
        store,
        fingerprint=mark(shown.method, shown.handle, shown.proof),
        repeat=mark(store.repeat),
    )
    for _ in budget.tries(ATTEMPTS):
        with contextlib.suppress(LostRace):
            return _check(attempt(second=_second(), now=clock.now()), till)
    raise Unavailable


def _unreadable(body: CardCheckRequest, store: StoreCaller, till: TillRepository) -> Invalid:
    """Return the refusal of what names no card: it is no try, and the cashier scans again."""
    admit(till.store_state(store.key), store.key, _second())
    count("card_unreadable")
    return Invalid("card_unreadable", "/number" if body.code is None else "/code")


def _second() -> int:
    return int(clock.wall().timestamp())


def _check(attempt: Attempt, till: TillRepository) -> CardCheckView:
    """Read three rows, judge the card and store the record; a repeat gets its earlier answer."""
    shown, store = attempt.shown, attempt.store
    request_ids = records.request_ids(till.secrets, store.key, store.repeat, attempt.second)
    rotating = shown.method == "rotating"
    found = till.check_context(store.key, shown.handle, () if rotating else request_ids)
    if records.window(_second()) != records.window(attempt.second):
        raise LostRace  # to a repeat, maybe, which lies in the window that has begun meanwhile
    partner, key = admit(found, store.key, attempt.second)
    if key.sandbox:
        found = replace(found, card=_test_cards(till.secrets).get(shown.handle))
    offer = _offer(partner, key, attempt.now)
    day = domain.day_of(partner.zone, attempt.now)
    reason = domain.judge(shown, found.card, found.uses, day)
    scan_id = records.scan_id(till.secrets, shown.handle, shown.step, key.outlet_id, key.sandbox)
    turning = rotating and reason == "ok" and offer is not None
    check_id, old = scan_id if turning else request_ids[0], None
    if not turning:
        earlier = till.checks((scan_id, *request_ids)) if rotating else found.earlier
        old = _earlier(attempt, earlier)
    if old is not None:
        if old.reason != "ok" or domain.still_good(shown, found.card):
            return _replayed(old)
        # A yes that has ended meanwhile.
        check_id = records.check_id(till.secrets, "ended", old.check_id)
    if offer is None:
        raise IllegalStep("no_offer")
    check = _record(attempt, partner, key, offer, reason, check_id)
    if turning or old is not None:
        return _put(attempt, check, request_ids[0], till)
    return _counted(attempt, check, found, day, till)


def _earlier(attempt: Attempt, checks: Sequence[Check]) -> Check | None:
    """Return the check of the same request; refuse another request under its key."""
    for old in checks:
        same = hmac.compare_digest(old.repeat, attempt.repeat)
        if same and domain.is_repeat(old.asked, attempt.second):
            if not hmac.compare_digest(old.fingerprint, attempt.fingerprint):
                raise Invalid("idempotency_key_reused")
            return old
    return None


def _record(
    attempt: Attempt,
    partner: PartnerTill,
    key: KeyTill,
    offer: OfferSpan,
    reason: Reason,
    check_id: str,
) -> Check:
    """Return the record of a check."""
    shown, now = attempt.shown, attempt.now
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
        fingerprint=attempt.fingerprint,
        sandbox=key.sandbox,
        asked=attempt.second,
        repeat=attempt.repeat,
    )


def _counted(
    attempt: Attempt, check: Check, found: CheckContext, day: int, till: TillRepository
) -> CardCheckView:
    """Record a check that counts as a try of its key; a guess too many must wait."""
    guess = attempt.shown.guess
    wait = found.tries.wait(check.asked) if guess else None
    if wait is not None:
        count("card_check_throttled")
        raise RateLimited(*wait)
    bad = guess and check.reason != "ok"
    correlation_id = attempt.store.correlation_id
    till.put_counted(check, correlation_id, found, day, guess=guess, bad=bad)
    _note_outcome(check)
    if bad and found.tries.locks_with_another_bad_try(check.asked):
        count("store_key_locked")
    return CardCheckView.of_check(check)


def _put(attempt: Attempt, check: Check, request_id: str, till: TillRepository) -> CardCheckView:
    """Record a check that is no try; return the answer it was given if it is there already.

    A second scan of a code is a request of its own: its repeat comes when the code has run out.
    """
    old = till.put(check, attempt.store.correlation_id)
    if old is not None:
        if old.reason == "ok" and not hmac.compare_digest(old.repeat, attempt.repeat):
            found = {"asked": attempt.second, "repeat": attempt.repeat}
            till.put_request(old.model_copy(update=found), request_id)
        return _replayed(old)
    _note_outcome(check)
    return CardCheckView.of_check(check)


def _offer(partner: PartnerTill, key: KeyTill, now: datetime) -> OfferSpan | None:
    """Return the discount in force in the outlet; refuse while the partner pauses."""
    if partner.status == PARTNER_PAUSED and not key.sandbox:
        raise Forbidden("check", "partner_paused")
    return domain.offer_of(partner, key, int(now.timestamp()))


@cache
def _test_cards(secrets: Secrets) -> dict[str, CardTill]:
    """Return the test cards by handle: a sandbox key sees no others."""
    key = secrets.child(till_read_model.NUMBER_KEY)
    handles = {
        name: till_read_model.handle_of(key, card_numbers.TEST_NUMBERS[name])
        for name in _TEST_STATUS
    }
    return {
        handle: CardTill(handle, f"crd_test_{name}", _TEST_STATUS[name], 1, 1)
        for name, handle in handles.items()
    }


def _replayed(old: Check) -> CardCheckView:
    note(check_id=old.check_id, result=old.reason)
    return CardCheckView.of_check(old).again()


def _note_outcome(check: Check) -> None:
    note(check_id=check.check_id, result=check.reason, method=check.method)
    if not check.sandbox:
        count("card_checked" if check.reason == "ok" else "card_check_refused")
