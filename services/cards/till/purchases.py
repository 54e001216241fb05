"""What a store does after a check: record what was bought, take it back."""

import hmac

from services.cards.till import domain, records
from services.cards.till.commands import CheckId, PurchaseRequest, RollbackRequest
from services.cards.till.policy import StoreCaller, admit
from services.cards.till.records import Check, Purchase, Rollback
from services.cards.till.repository import PurchaseContext, TillRepository
from services.cards.till.views import PurchaseView
from services.cards.till_read_model import PartnerTill, StoreKeyParts
from shared import clock
from shared.api.inputs import Request
from shared.errors import IllegalStep, NotFound
from shared.observability import count, note


def record_purchase(
    check_id: CheckId,
    body: PurchaseRequest,
    caller: StoreKeyParts,
    request: Request,
    till: TillRepository,
) -> PurchaseView:
    """Record what was bought under a check, within 24 hours of it and once.

    The discount stays good when the card was blocked after the check.
    """
    store = StoreCaller.of(caller, request)
    found, check, partner = _checked(check_id, store, till)
    now = clock.now()
    purchase = Purchase(
        check_id=check_id,
        partner_id=check.partner_id,
        outlet_id=check.outlet_id,
        region=check.region,
        month=domain.month_of(partner.zone, now),
        at=int(now.timestamp()),
        amount=body.amount_kopecks,
        saved=domain.saved(body.amount_kopecks, check.percent),
        receipt_id=body.receipt_id,
        fingerprint=records.fingerprint(
            till.secrets, check_id, body.amount_kopecks, body.receipt_id
        ),
        repeat=records.fingerprint(till.secrets, store.repeat),
        sandbox=check.sandbox,
    )
    earlier = found.purchase
    if earlier is None:
        domain.check_purchase(check.reason, check.at, purchase.at)
        earlier = till.put(purchase, store.correlation_id)
    if earlier is None:
        count("purchase_recorded")
        return PurchaseView.of_purchase(purchase)
    domain.check_same_purchase(
        hmac.compare_digest(earlier.fingerprint, purchase.fingerprint),
        hmac.compare_digest(earlier.repeat, purchase.repeat),
        found.rollback is not None,
    )
    return PurchaseView.of_purchase(earlier).again()


def roll_back_purchase(
    check_id: CheckId,
    body: RollbackRequest,
    caller: StoreKeyParts,
    request: Request,
    till: TillRepository,
) -> PurchaseView:
    """Take a recorded purchase back as a whole, at the same outlet and within 30 days."""
    store = StoreCaller.of(caller, request)
    found, _, _ = _checked(check_id, store, till)
    if found.rollback is not None:
        return PurchaseView.of_purchase(found.rollback).again()
    if found.purchase is None:
        raise IllegalStep("no_purchase", next_steps=("purchase",))
    now = int(clock.now().timestamp())
    domain.check_rollback(found.purchase.at, now)
    changed = {"at": now, "repeat": records.fingerprint(till.secrets, store.repeat)}
    rollback = Rollback(**found.purchase.model_dump() | changed)
    old = till.put(rollback, store.correlation_id)
    if old is not None:
        return PurchaseView.of_purchase(old).again()
    count("purchase_rolled_back")
    return PurchaseView.of_purchase(rollback)


def _checked(
    check_id: str, store: StoreCaller, till: TillRepository
) -> tuple[PurchaseContext, Check, PartnerTill]:
    """Return a check of this outlet and its partner; another outlet's does not exist for it."""
    found = till.purchase_context(store.key, check_id)
    partner, key = admit(found, store.key, int(clock.wall().timestamp()))
    check = found.check
    if check is None or check.outlet_id != key.outlet_id or check.sandbox != key.sandbox:
        raise NotFound("check", check_id)
    note(check_id=check_id)
    return found, check, partner
