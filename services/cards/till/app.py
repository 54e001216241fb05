"""The till's three ways in; `infra/till.yaml` names this app as its handler."""

import os
from functools import cache

from services.cards.till import use_cases
from services.cards.till.contract import (
    CHECK_ID,
    CardCheckRequest,
    CardCheckView,
    PurchaseRequest,
    PurchaseView,
    RollbackRequest,
)
from services.cards.till.edge import TillApp
from services.cards.till.repository import Rows
from services.cards.till.transport import Wire, unwrap_root_key
from services.cards.till.use_cases import Answer, Caller, Till
from shared.secrets import Secrets

OWNER = "cards"

app = TillApp("till", base="/v1", problems_file="services/cards/till/problems.toml")


@cache
def till() -> Till:
    """The tables and secrets of this container."""

    def unwrap() -> bytes:
        return unwrap_root_key(OWNER, Wire("kms"), os.environ["ROOT_KEY"])

    rows = Rows(Wire("dynamodb"), os.environ["DATA_TABLE"], os.environ["OUTBOX_TABLE"])
    return Till(rows, Secrets(OWNER, unwrap))


@app.post(
    "/card-checks",
    form=CardCheckRequest,
    answer=CardCheckView,
    problems=("partner_ended", "partner_paused", "no_offer", "too_many_checks", "key_locked"),
    example={"number": "0000 0000 0000 0000"},
)
def check_card(form: CardCheckRequest, caller: Caller) -> Answer:
    """Ask whether a card gives the discount.

    Give `code` (what the scanner read) or `number` (what the cashier typed). Sell with exactly
    `discount_percent` when `valid` is true and show `message` to the cashier. Repeat an unanswered
    request with the same `Idempotency-Key`: it is counted once.
    """
    return use_cases.check_card(form, caller, till())


@app.post(
    "/card-checks/{check_id}/purchase",
    form=PurchaseRequest,
    answer=PurchaseView,
    problems=("check_refused", "purchase_too_late", "purchase_recorded"),
    example={"amount_kopecks": 200000, "receipt_id": "0001-42"},
    path_pattern=CHECK_ID,
)
def record_purchase(form: PurchaseRequest, caller: Caller, check_id: str) -> Answer:
    """Record what was bought under a check, within 24 hours of it and once.

    The discount stays good when the card was blocked after the check.
    """
    return use_cases.record_purchase(check_id, form, caller, till())


@app.post(
    "/card-checks/{check_id}/rollback",
    form=RollbackRequest,
    answer=PurchaseView,
    problems=("no_purchase", "rollback_too_late"),
    example={},
    path_pattern=CHECK_ID,
)
def roll_back_purchase(form: RollbackRequest, caller: Caller, check_id: str) -> Answer:
    """Take a recorded purchase back as a whole, at the same outlet and within 30 days."""
    return use_cases.roll_back(check_id, caller, till())
