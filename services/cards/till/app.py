"""The till's three ways in, all of them a store's: it shows a key of its own with each request."""

from functools import cache

from services.cards.till import use_cases
from services.cards.till.commands import (
    CardCheckRequest,
    CardCheckView,
    CheckPath,
    PurchaseRequest,
    PurchaseView,
    RollbackRequest,
)
from services.cards.till.repository import Till
from services.cards.till.use_cases import Caller
from services.cards.till_read_model import StoreKey, parse_store_key
from shared import aws, settings
from shared.api.app import ServiceApp
from shared.api.inputs import Request
from shared.errors import Unauthenticated
from shared.keyring import Secrets, unwrap_root_key
from shared.storage.tables import TableAccess, Tables

OWNER = "cards"

app = ServiceApp("till", problems_file="services/cards/till/problems.toml")


@cache
def till() -> Till:
    """The tables and secrets of this container, both of cards."""
    tables = Tables(settings.data_table(), settings.outbox_table())
    root_key = settings.root_key()
    return Till(
        TableAccess(aws.client("dynamodb"), tables),
        Secrets(OWNER, lambda: unwrap_root_key(aws.client("kms"), root_key, OWNER)),
    )


def store_key(request: Request) -> StoreKey:
    """The key that was shown, taken apart; the use case proves it."""
    key = parse_store_key(request.header("X-API-Key") or "")
    if key is None:
        raise Unauthenticated("store_key_unknown")
    return key


@app.post(
    "/card-checks",
    caller="store",
    identify=store_key,
    idempotent=True,
    device_text=True,
    problems=("partner_ended", "partner_paused", "no_offer", "too_many_checks", "key_locked"),
    example={"number": "0000 0000 0000 0000"},
)
def check_card(body: CardCheckRequest, caller: StoreKey, request: Request) -> CardCheckView:
    """Ask whether a card gives the discount.

    Give `code` (what the scanner read) or `number` (what the cashier typed). Sell with exactly
    `discount_percent` when `valid` is true and show `message` to the cashier. Repeat an unanswered
    request with the same `Idempotency-Key`: it is counted once.
    """
    return use_cases.check_card(body, _calling(caller, request), till())


@app.post(
    "/card-checks/{check_id}/purchase",
    caller="store",
    identify=store_key,
    idempotent=True,
    device_text=True,
    problems=("check_refused", "purchase_too_late", "purchase_recorded"),
    example={"amount_kopecks": 200000, "receipt_id": "0001-42"},
)
def record_purchase(
    path: CheckPath, body: PurchaseRequest, caller: StoreKey, request: Request
) -> PurchaseView:
    """Record what was bought under a check, within 24 hours of it and once.

    The discount stays good when the card was blocked after the check.
    """
    return use_cases.record_purchase(path.check_id, body, _calling(caller, request), till())


@app.post(
    "/card-checks/{check_id}/rollback",
    caller="store",
    identify=store_key,
    idempotent=True,
    problems=("no_purchase", "rollback_too_late"),
    example={},
)
def roll_back_purchase(
    path: CheckPath, body: RollbackRequest, caller: StoreKey, request: Request
) -> PurchaseView:
    """Take a recorded purchase back as a whole, at the same outlet and within 30 days."""
    return use_cases.roll_back(path.check_id, _calling(caller, request), till())


def _calling(key: StoreKey, request: Request) -> Caller:
    return Caller(key, request.idempotency_key, request.correlation_id)
