"""The same `Idempotency-Key` gives the same answer, and its command happens once.

The row is written by the command's own transaction (`CommandContext.once`), so it exists exactly
when the effect does. It holds the receipt and a keyed fingerprint of the request, never a body;
its key is a keyed HMAC too, so that a read of the table shows no caller's keys.
"""

import hmac
from datetime import timedelta

from shared import clock, keyring
from shared.errors import Invalid
from shared.storage.command_context import CommandContext, DedupKey, Receipt
from shared.storage.rows import Key
from shared.storage.store import Store

RETENTION = timedelta(days=7)


def once(principal: str, route: str, key: str, request: tuple[str, ...]) -> DedupKey:
    """Return the row that makes one command of a caller unique; `request` is all that it asked."""
    mark = keyring.from_env().mark
    return DedupKey(
        key=Key(
            f"IDEMPOTENCY#{mark('idempotency-key', principal, route, key).hex()}", "IDEMPOTENCY"
        ),
        expires_at=clock.wall() + RETENTION,
        attributes=(("fingerprint", mark("idempotency-fingerprint", *request).hex()),),
    )


def earlier_answer(store: Store, row: DedupKey) -> Receipt | None:
    """Return the receipt of an earlier run under this key; None when there was none.

    Refused when that was another request.
    """
    found = store.item(row.key)
    if found is None:
        return None
    fingerprint = dict(row.attributes)["fingerprint"]
    if not hmac.compare_digest(found["fingerprint"]["S"], fingerprint):
        raise Invalid("idempotency_key_reused")
    return Receipt.model_validate_json(found["receipt"]["S"])


def done_before(context: CommandContext, store: Store) -> Receipt | None:
    """Return what this very command gave before its step was lost."""
    return earlier_answer(store, context.once) if context.once else None
