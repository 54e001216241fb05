"""The rows a till leaves behind: each is at once outbox row, idempotency row and audit entry.

CHECK#<check id> / CHECK      one check; names the card by its handle, so it lives for 45 days only
CHECK#<check id> / PURCHASE   what was bought under it; names no card, lives for 400 days
CHECK#<check id> / ROLLBACK   that it was returned; names no card, lives for 400 days

Each is put once under the condition that it is absent and is never changed, but for the relay that
clears `pending`. What must be known of a check for 400 days goes out with its event, without the
card: the cards service keeps it (`kept_check`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.cards import till_rows
from services.cards.till.domain import Method, Reason
from shared import clock, rows
from shared.events.base import Event, to_cloud_event
from shared.events.cards import (
    CardChecked,
    CardCheckRefused,
    PurchaseRecorded,
    PurchaseRolledBack,
)
from shared.rows import Item, Key
from shared.secrets import Secrets

CHECK = "CHECK"
PURCHASE = "PURCHASE"
ROLLBACK = "ROLLBACK"
CARD_NAMED_DAYS = 45
KEPT_DAYS = 400
_DAY = 24 * 3600
_SECRET = "check-id"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_ID = re.compile(rf"chk_[{_CROCKFORD}]{{26}}")
_SEQUENCE = {CHECK: 0, PURCHASE: 1, ROLLBACK: 2}


@dataclass(frozen=True, slots=True)
class Check:
    """One check as it was answered."""

    check_id: str
    partner_id: str
    outlet_id: str
    key_id: str
    region: str
    month: str
    at: int
    reason: Reason
    method: Method
    offer_id: str
    percent: int
    handle: str
    fingerprint: str
    sandbox: bool


@dataclass(frozen=True, slots=True)
class Purchase:
    """What was bought under a check, or (with `returned`) that it was brought back."""

    check_id: str
    partner_id: str
    outlet_id: str
    region: str
    month: str
    at: int
    amount: int
    saved: int
    receipt_id: str
    fingerprint: str
    repeat: str
    sandbox: bool
    returned: bool = False


def key(check_id: str, kind: str) -> Key:
    """Primary key of a row."""
    return Key(f"CHECK#{check_id}", kind)


def scan_id(secrets: Secrets, handle: str, step: int, outlet_id: str, sandbox: bool) -> str:
    """The id of the check of a turning code: a second scan of it at this outlet gives the same."""
    return _check_id(secrets, "scan", handle, str(step), outlet_id, str(sandbox))


def request_id(secrets: Secrets, repeat: str, outlet_id: str, sandbox: bool) -> str:
    """The id of any other check: the same `Idempotency-Key` at this outlet gives the same."""
    return _check_id(secrets, "request", repeat, outlet_id, str(sandbox))


def names_a_check(text: str) -> bool:
    """Whether a check could have that id."""
    return _CHECK_ID.fullmatch(text) is not None


def fingerprint(secrets: Secrets, *parts: object) -> str:
    """A keyed mark of a request, to tell a repeat from another request under the same key."""
    return _keyed(secrets, _SECRET, "fingerprint", *map(str, parts))[:16].hex()


def visitor(secrets: Secrets, check: Check) -> str:
    """The card within one partner and one month: enough to count distinct cards, no more."""
    key = secrets.child(till_rows.VISITOR_KEY)
    return till_rows.visitor_of(key, check.handle, check.partner_id, check.month)


def check_item(check: Check, secrets: Secrets, correlation_id: str) -> Item:
    """The row of a check."""
    facts = {
        "key_id": _text(check.key_id),
        "reason": _text(check.reason),
        "method": _text(check.method),
        "offer_id": _text(check.offer_id),
        "percent": _number(check.percent),
        "handle": _text(check.handle),
    }
    event = _checked(check, secrets)
    return _item(CHECK, check, event, facts, correlation_id, CARD_NAMED_DAYS)


def _checked(check: Check, secrets: Secrets) -> Event:
    told: dict[str, Any] = {
        "region": check.region,
        "check_id": check.check_id,
        "partner_id": check.partner_id,
        "outlet_id": check.outlet_id,
        "key_id": check.key_id,
        "method": check.method,
        "month": check.month,
    }
    if check.reason != "ok":
        return CardCheckRefused(result=check.reason, **told)
    return CardChecked(
        offer_id=check.offer_id,
        discount_percent=check.percent,
        visitor=visitor(secrets, check),
        **told,
    )


def purchase_item(purchase: Purchase, correlation_id: str) -> Item:
    """The row of a purchase or of its rollback."""
    facts = {
        "amount": _number(purchase.amount),
        "saved": _number(purchase.saved),
        "receipt_id": _text(purchase.receipt_id),
        "repeat": _text(purchase.repeat),
    }
    kind = ROLLBACK if purchase.returned else PURCHASE
    event = (PurchaseRolledBack if purchase.returned else PurchaseRecorded)(
        region=purchase.region,
        check_id=purchase.check_id,
        partner_id=purchase.partner_id,
        outlet_id=purchase.outlet_id,
        month=purchase.month,
        amount=purchase.amount,
        saved_amount=purchase.saved,
    )
    return _item(kind, purchase, event, facts, correlation_id, KEPT_DAYS)


def read_check(item: Mapping[str, Any]) -> Check:
    """The check in a row."""
    return Check(
        **_shared(item),
        key_id=item["key_id"]["S"],
        reason=item["reason"]["S"],
        method=item["method"]["S"],
        offer_id=item["offer_id"]["S"],
        percent=int(item["percent"]["N"]),
        handle=item["handle"]["S"],
    )


def read_purchase(item: Mapping[str, Any]) -> Purchase:
    """The purchase or rollback in a row."""
    return Purchase(
        **_shared(item),
        amount=int(item["amount"]["N"]),
        saved=int(item["saved"]["N"]),
        receipt_id=item["receipt_id"]["S"],
        repeat=item["repeat"]["S"],
        returned=item["sk"]["S"] == ROLLBACK,
    )


def kept_check(event: Any) -> tuple[tuple[str, str], dict[str, str | int]]:
    """Key and attributes of the row that keeps a check for 400 days, from its event, cardless."""
    attributes: dict[str, str | int] = {
        "partner_id": event.partner_id,
        "outlet_id": event.outlet_id,
        "key_id": event.key_id,
        "reason": event.result,
        "method": event.method,
        "month": event.month,
        "expires_at": int(clock.wall().timestamp()) + KEPT_DAYS * _DAY,
    }
    if event.result == "ok":
        attributes |= {"offer_id": event.offer_id, "percent": event.discount_percent}
    return (f"CHECK#{event.check_id}", CHECK), attributes


def _shared(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "check_id": item["check_id"]["S"],
        "partner_id": item["partner_id"]["S"],
        "outlet_id": item["outlet_id"]["S"],
        "region": item["region"]["S"],
        "month": item["month"]["S"],
        "at": int(item["at"]["N"]),
        "fingerprint": item["fingerprint"]["S"],
        "sandbox": item["sandbox"]["BOOL"],
    }


def _item(
    kind: str,
    record: Check | Purchase,
    event: Event,
    facts: Item,
    correlation_id: str,
    days: int,
) -> Item:
    place = key(record.check_id, kind)
    item = rows.key_item(place) | facts
    item |= {
        "check_id": _text(record.check_id),
        "partner_id": _text(record.partner_id),
        "outlet_id": _text(record.outlet_id),
        "region": _text(record.region),
        "month": _text(record.month),
        "at": _number(record.at),
        "fingerprint": _text(record.fingerprint),
        "sandbox": {"BOOL": record.sandbox},
        "commit_id": _text(record.check_id.replace("chk_", "cmt_")),
        "expires_at": _number(rows.epoch(clock.wall()) + days * _DAY),
    }
    if record.sandbox:
        return item | {"entries": _text("[]")}
    return item | {
        "entries": _text(_entries(kind, record, event, correlation_id)),
        "pending": _text(rows.pending_shard(place.pk)),
        "pending_at": _text(clock.iso(clock.wall())),
    }


def _entries(kind: str, record: Check | Purchase, event: Event, correlation_id: str) -> str:
    sequence = _SEQUENCE[kind]
    detail = to_cloud_event(
        event,
        event_id=f"evt_{record.check_id.removeprefix('chk_')}_{sequence}",
        time=datetime.fromtimestamp(record.at, UTC),
        sequence=sequence,
        correlation_id=correlation_id,
        causation_id=None,
    )
    return json.dumps([{"type": event.detail_type(), "detail": detail}], separators=(",", ":"))


def _text(value: str) -> Item:
    return {"S": value}


def _number(value: int) -> Item:
    return {"N": str(value)}


def _keyed(secrets: Secrets, name: str, *parts: str) -> bytes:
    # Each part carries its length, so that no two lists of parts read the same.
    return secrets.sign(name, "".join(f"{len(part)}:{part}" for part in parts).encode())


def _check_id(secrets: Secrets, *parts: str) -> str:
    number = int.from_bytes(_keyed(secrets, _SECRET, *parts)[:16], "big")
    digits = [_CROCKFORD[number >> 5 * place & 31] for place in range(25, -1, -1)]
    return "chk_" + "".join(digits)
