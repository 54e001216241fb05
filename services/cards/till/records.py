"""The rows a till leaves behind: each is at once outbox row, idempotency row and audit entry.

CHECK#<check id> / CHECK      one check; names the card by its handle, so it lives for 45 days only.
                              Under the id of a request that scanned its code again it is once more
CHECK#<check id> / PURCHASE   what was bought under it; names no card, lives for 400 days
CHECK#<check id> / ROLLBACK   that it was returned, or a part of it; the next ones have a number,
                              as ROLLBACK#02; name no card, live for 400 days

Each is put once under the condition that it is absent and is never changed, but for the relay that
clears `pending`. What must be known of a check for 400 days goes out with its event, without the
card: the counters of cards keep it.
"""

import json
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from ulid import ULID

from services.cards import till_read_model
from services.cards.till.domain import DAY, REPEAT_WITHIN, Method, Reason
from services.cards.till_read_model import StoreKeyParts
from shared import clock
from shared.events.base import Event, to_cloud_event
from shared.events.cards import (
    CardChecked,
    CardCheckRefused,
    PurchaseRecorded,
    PurchaseRolledBack,
)
from shared.keyring import Secrets
from shared.storage import rows
from shared.storage.rows import Item, Key

RETENTION_DAYS = 400


class Record(BaseModel):
    """What every record says."""

    model_config = ConfigDict(frozen=True)

    kind: ClassVar[str]
    place: ClassVar[int]
    days: ClassVar[int] = RETENTION_DAYS

    check_id: str
    partner_id: str
    outlet_id: str
    region: str
    month: str
    at: int
    fingerprint: str
    sandbox: bool

    @property
    def order(self) -> int:
        """Its number among the events of its check."""
        return self.place


class Check(Record):
    """One check as it was answered; `asked` and `repeat` recognise the same request again."""

    kind, place, days = till_read_model.CHECK, 0, 45

    key_id: str
    reason: Reason
    method: Method
    offer_id: str
    percent: int
    kopecks: int = 0
    minimum: int = 0
    handle: str
    asked: int = 0
    repeat: str = ""


class Purchase(Record):
    """What was bought under a check."""

    kind, place = "PURCHASE", 1

    amount: int
    saved: int
    receipt_id: str
    repeat: str


class Rollback(Purchase):
    """The return of what was bought, or of a part; `left` is what remains of the purchase.

    `taken_at` is the outlet that took it back; one of an earlier version does not name it.
    """

    kind, place = "ROLLBACK", 2

    number: int = 1
    left: int = 0
    taken_at: str = ""

    @property
    def order(self) -> int:
        """Its number among the events of its check."""
        return self.place + self.number - 1


def key(check_id: str, kind: type[Record], number: int = 1) -> Key:
    """Return the primary key of a record; only returns have numbers."""
    sort_key = kind.kind if number == 1 else f"{kind.kind}#{number:02}"
    return Key(*till_read_model.check_key(check_id, sort_key))


def check_id(secrets: Secrets, *what: object) -> str:
    """Return the id of a check; the same scan or request gives the same."""
    return f"chk_{ULID(_keyed(secrets, *what))}"


def scan_id(secrets: Secrets, handle: str, step: int | None, outlet_id: str, sandbox: bool) -> str:
    """Return the id of a check of a turning code: a second scan at the outlet gives the same."""
    return check_id(secrets, "scan", handle, step, outlet_id, sandbox)


def window(second: int) -> int:
    """Return the number of the ten minutes in which a request is stored."""
    return second // REPEAT_WITHIN


def request_ids(secrets: Secrets, key: StoreKeyParts, repeat: str, second: int) -> tuple[str, str]:
    """Return the id under which a request is stored now, and that of the window before.

    A window is as long as a repeat may ask for its answer, so an answer has one of the two.
    """
    now, before = (
        check_id(secrets, "request", key.partner_id, key.key_id, repeat, each)
        for each in (window(second), window(second) - 1)
    )
    return now, before


def fingerprint(secrets: Secrets, *parts: object) -> str:
    """Return a keyed mark of a request: a repeat has the same, another request has not."""
    return _keyed(secrets, "fingerprint", *parts).hex()


def _keyed(secrets: Secrets, *parts: object) -> bytes:
    return secrets.mark("check-id", *parts)[:16]


def visitor(secrets: Secrets, check: Check) -> str:
    """Return the card's pseudonym within one partner and one month, to count distinct cards."""
    key = secrets.child(till_read_model.VISITOR_KEY)
    return till_read_model.visitor_of(key, check.handle, check.partner_id, check.month)


def item(record: Check | Purchase, secrets: Secrets, correlation_id: str) -> Item:
    """Return the row of a record; a sandbox key's is never published."""
    number = record.number if isinstance(record, Rollback) else 1
    key_of_row = key(record.check_id, type(record), number)
    if record.sandbox:
        return _item(record, key_of_row)
    event = _event(record, record.model_dump(), secrets)
    return _item(
        record,
        key_of_row,
        entries=_entries(record, event, correlation_id),
        pending=rows.pending_shard(key_of_row.pk),
        pending_at=clock.iso(clock.wall()),
    )


def item_of_request(check: Check, request_id: str) -> Item:
    """Return the row by which a request finds its check, that of an earlier scan of the same code.

    It publishes nothing: the check itself has.
    """
    return _item(check, key(request_id, Check))


def _item(record: Record, key_of_row: Key, entries: str = "[]", **more: str) -> Item:
    row = record.model_dump() | more
    row |= {
        "commit_id": f"cmt_{key_of_row.pk.rpartition('_')[2]}",
        "expires_at": rows.epoch(clock.wall()) + record.days * DAY,
        "entries": entries,
    }
    return rows.item(key_of_row, row) | {"sandbox": {"BOOL": record.sandbox}}


def _event(record: Check | Purchase, facts: dict[str, Any], secrets: Secrets) -> Event:
    # An event takes the facts that it declares, so never the card.
    if isinstance(record, Rollback):
        return PurchaseRolledBack(**facts, saved_amount=record.saved, whole=record.left == 0)
    if isinstance(record, Purchase):
        return PurchaseRecorded(**facts, saved_amount=record.saved)
    if record.reason != "ok":
        return CardCheckRefused(**facts, result=record.reason)
    return CardChecked(
        **facts,
        discount_percent=record.percent,
        discount_kopecks=record.kopecks,
        visitor=visitor(secrets, record),
    )


def _entries(record: Record, event: Event, correlation_id: str) -> str:
    detail = to_cloud_event(
        event,
        event_id=f"evt_{record.check_id.removeprefix('chk_')}_{record.order}",
        time=datetime.fromtimestamp(record.at, UTC),
        sequence=record.order,
        correlation_id=correlation_id,
        causation_id=None,
    )
    return json.dumps([{"type": event.detail_type(), "detail": detail}], separators=(",", ":"))
