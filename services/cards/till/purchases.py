"""What a store does after a check: record what was bought, take it back."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager

from services.cards.till import domain, records
from services.cards.till.commands import CheckId, PurchaseRequest, RollbackRequest
from services.cards.till.policy import StoreCaller, admit, may_check
from services.cards.till.records import Check, Purchase, Rollback
from services.cards.till.repository import PurchaseContext, TillRepository
from services.cards.till.views import PurchaseView
from services.cards.till_read_model import KeyTill, PartnerTill, StoreKeyParts
from shared import budget, clock
from shared.api.inputs import Request
from shared.errors import IllegalStep, Invalid, NotFound, Unavailable
from shared.observability import count, note

ATTEMPTS = 5


def record_purchase(
    check_id: CheckId,
    body: PurchaseRequest,
    caller: StoreKeyParts,
    request: Request,
    till: TillRepository,
) -> PurchaseView:
    """Record what was bought under a check, within 24 hours of it and once.

    The discount stays good when the card was blocked, or the partner has ended, after the check. A
    purchase that is too small for the discount is refused: it is sold without.
    """
    store = StoreCaller.of(caller, request)
    found, check, partner, key = _checked(check_id, store, till)
    purchase = _purchase(body, check, partner.zone, store, till)
    earlier = found.purchase
    if earlier is None:
        with _offering(found, check, partner, key):
            domain.check_purchase(check.reason, check.at, purchase.at)
        domain.check_amount(purchase.amount, check.minimum)
        earlier = till.put(purchase, store.correlation_id)
    if earlier is None:
        count("purchase_recorded")
        return PurchaseView.of_purchase(purchase)
    with _offering(found, check, partner, key):
        domain.check_same_purchase(
            hmac.compare_digest(earlier.fingerprint, purchase.fingerprint),
            hmac.compare_digest(earlier.repeat, purchase.repeat),
            bool(found.rollbacks),
        )
    return PurchaseView.of_purchase(earlier).again()


def _purchase(
    body: PurchaseRequest, check: Check, zone: str, store: StoreCaller, till: TillRepository
) -> Purchase:
    amount, now = body.amount_kopecks, clock.now()
    return Purchase(
        check_id=check.check_id,
        partner_id=check.partner_id,
        outlet_id=check.outlet_id,
        region=check.region,
        month=domain.month_of(zone, now),
        at=int(now.timestamp()),
        amount=amount,
        saved=domain.saved(amount, check.percent, check.kopecks),
        receipt_id=body.receipt_id,
        fingerprint=records.fingerprint(till.secrets, check.check_id, amount, body.receipt_id),
        repeat=records.fingerprint(till.secrets, store.repeat),
        sandbox=check.sandbox,
    )


def roll_back_purchase(
    check_id: CheckId,
    body: RollbackRequest,
    caller: StoreKeyParts,
    request: Request,
    till: TillRepository,
) -> PurchaseView:
    """Take a recorded purchase back, at any outlet of the partner and within 30 days.

    Without `amount_kopecks` all that is left of it is returned; with it a part, whose price before
    the discount it is. A purchase may be returned in several parts.
    """
    store = StoreCaller.of(caller, request)
    for _ in budget.tries(ATTEMPTS):
        view = _rolled_back(check_id, body.amount_kopecks, store, till)
        if view is not None:
            return view
    raise Unavailable


def _rolled_back(
    check_id: str, asked: int | None, store: StoreCaller, till: TillRepository
) -> PurchaseView | None:
    """Return what was taken back; None when another return came between."""
    found, check, partner, key = _checked(check_id, store, till, returning=True)
    bought, returns = found.purchase, found.rollbacks
    if bought is None:
        with _offering(found, check, partner, key):
            raise IllegalStep("no_purchase", next_steps=("purchase",))
    mark = records.fingerprint(till.secrets, check_id, "return", asked or "the rest")
    # A key of another outlet may be the same by chance.
    of_outlet = () if key.outlet_id == check.outlet_id else (key.outlet_id,)
    repeat = records.fingerprint(till.secrets, store.repeat, *of_outlet)
    left = bought.amount - sum(each.amount for each in returns)
    # Another shop than the one that took the last of it would pay the price out twice.
    gone = left == 0 and (returns[-1].taken_at or check.outlet_id) == key.outlet_id
    if earlier := _earlier_return(returns, repeat, mark, asked, gone=gone):
        return PurchaseView.of_purchase(earlier).again()
    now = int(clock.now().timestamp())
    domain.check_rollback(bought.at, now)
    amount = domain.to_return(asked, left, len(returns))
    changed = {"at": now, "fingerprint": mark, "repeat": repeat, "number": len(returns) + 1}
    rollback = _returned(bought, left, amount, changed | {"taken_at": key.outlet_id})
    if till.put(rollback, store.correlation_id) is not None:
        return None
    count("purchase_rolled_back")
    return PurchaseView.of_purchase(rollback)


def _returned(bought: Purchase, left: int, amount: int, changed: dict[str, object]) -> Rollback:
    """Return the record of a part that goes back; of what was saved its share, to the kopeck."""
    saved_before, saved_after = (
        domain.saved_of(bought.saved, bought.amount, part) for part in (left, left - amount)
    )
    sums = {"amount": amount, "saved": saved_before - saved_after, "left": left - amount}
    return Rollback(**bought.model_dump() | changed | sums)


def _earlier_return(
    returns: list[Rollback], repeat: str, mark: str, asked: int | None, *, gone: bool
) -> Rollback | None:
    """Return the return that a request repeats; asking for all of what is gone repeats the last."""
    for each in returns:
        if hmac.compare_digest(each.repeat, repeat):
            if not hmac.compare_digest(each.fingerprint, mark) and (asked or each.left):
                raise Invalid("idempotency_key_reused")
            return each
    return returns[-1] if asked is None and gone else None


@contextmanager
def _offering(
    found: PurchaseContext, check: Check, partner: PartnerTill, key: KeyTill
) -> Iterator[None]:
    """Let a refusal offer only what this till can do now."""
    try:
        yield
    except IllegalStep as refused:
        now, bought = int(clock.now().timestamp()), found.purchase
        here = check.outlet_id == key.outlet_id
        can = {
            "purchase": here and domain.can_purchase(check.reason, check.at, now),
            "rollback": bought is None or domain.can_roll_back(bought.at, now),
            "check_again": may_check(partner, key) and domain.offer_of(partner, key, now),
        }
        refused.next_steps = tuple(step for step in refused.next_steps if can[step])
        raise


def _checked(
    check_id: str, store: StoreCaller, till: TillRepository, *, returning: bool = False
) -> tuple[PurchaseContext, Check, PartnerTill, KeyTill]:
    """Return a check with its partner and the key that is shown.

    A check of another outlet does not exist, but for taking goods back: any shop of a chain may.
    """
    looked_for = domain.MAX_RETURNS if returning else 1
    found = till.purchase_context(store.key, check_id, looked_for)
    now = int(clock.wall().timestamp())
    partner, key = admit(found, store.key, now, finishing=True)
    check = found.check
    if check is None or check.partner_id != partner.partner_id or check.sandbox != key.sandbox:
        raise NotFound("check")
    if check.outlet_id != key.outlet_id and not returning:
        raise NotFound("check")
    note(check_id=check_id)
    return found, check, partner, key
