"""The one way to write: every command is a single `TransactWriteItems`.

Guarantees
- the aggregates, their audit rows, their events and the row that makes the command unique are
  stored together or not at all;
- an outcome that got lost (timeout, 5xx) is resolved by botocore's repeating the same transaction:
  every row carries the id of the commit that wrote it, and a condition that fails returns the row
  it met; a transaction that another one disturbed is repeated here;
- a conflict of versions is reported as VersionConflict, for the caller to read again and repeat;
- nothing here grows: a commit has at most MAX_ITEMS items.
"""

import contextlib
import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Unpack

from botocore.exceptions import BotoCoreError, ClientError

from shared import budget
from shared.errors import PreconditionFailed, Unavailable
from shared.storage import rows, transaction
from shared.storage.command_context import AlreadyProcessed, CommandContext, Effects, Receipt
from shared.storage.rows import KEYS_ONLY, OWN, Index, Item, Key, Own, Row
from shared.storage.tables import DISTURBED_ATTEMPTS, TableAccess, Tables, expired
from shared.storage.transaction import Commit, TransactItem

MAX_ITEMS = 16
REMEMBERED = 256

Document = dict[str, Any]


class Store(TableAccess):
    """A service's tables. `nudge` gets the keys of rows due at once, and whether these are jobs."""

    def __init__(
        self,
        client: Any,
        tables: Tables,
        nudge: Callable[[list[Key], bool], None] | None = None,
    ) -> None:
        super().__init__(client, tables)
        self.nudge = nudge
        # What was read, by key and version: the audit tells which fields a commit changed.
        self._read: OrderedDict[tuple[Key, int], Document] = OrderedDict()

    # reading ------------------------------------------------------------------------------

    def get(self, key: Key) -> Document | None:
        """Return the latest document of a row, with its version; None when absent or expired."""
        found = self.item(key)
        return None if found is None else self._document(found)

    def get_many(self, keys: Sequence[Key]) -> list[Document]:
        """Return the latest documents of some rows (at most 100), read together, in that order."""
        read = self._read_each(keys) if keys else ()
        return [self._document(row) for row in read if not expired(row)]

    def _read_each(self, keys: Sequence[Key]) -> list[Item]:
        """Return the rows that there are, in the order asked: a batch comes in any."""
        read = self.batch({"data": keys})
        return [read[key] for key in keys if key in read]

    def page(
        self,
        index: Index | Own,
        partition: str,
        *,
        limit: int,
        start: dict[str, str] | None = None,
        newest_first: bool = False,
        prefix: str = "",
        until: str = "",
        latest: bool = False,
    ) -> tuple[list[Document], dict[str, str] | None]:
        """Return a slice of a partition by its sort key, and the key to go on from.

        Of an index, or of the table's `own` rows, which are read consistently; `until` is the part
        of the sort keys after the `prefix` before which the slice ends. An index lags behind:
        `latest` reads again what it shows, for who decides by it; what is new may still be missing.
        """
        condition, values = rows.part_of(index, partition, prefix, until)
        of_index: Item = {"ConsistentRead": True} if index == OWN else {"IndexName": index}
        request: Item = (
            of_index
            | {
                "TableName": self.tables.data,
                "KeyConditionExpression": condition,
                "Limit": limit,
                "ScanIndexForward": not newest_first,
            }
            | rows.named(values)
        )
        if start:
            request["ExclusiveStartKey"] = {k: {"S": v} for k, v in start.items()}
        answer = self._call("query", **request)
        last = answer.get("LastEvaluatedKey")
        found = answer["Items"]
        if (latest or index in KEYS_ONLY) and found:
            found = self._whole(index, partition, found)
        return (
            [self._document(each) for each in found if not expired(each)],
            {k: v["S"] for k, v in last.items()} if last else None,
        )

    def _whole(self, index: str, partition: str, found: list[Item]) -> list[Item]:
        """Return the rows of index entries; what has left the partition meanwhile is left out."""
        name = f"{index.removeprefix('by_')}_pk"
        known = self._read_each([rows.key_of(each) for each in found])
        return [each for each in known if each.get(name, {}).get("S") == partition]

    def latest(
        self, table: rows.Table, partition: str, prefix: str, limit: int, before: str = ""
    ) -> list[Item]:
        """Raw rows whose sort keys begin so, the last ones or those before a key, in key order.

        Read consistently, since a person's other files are found so.
        """
        condition, values = "pk = :p AND begins_with(sk, :s)", {"p": partition, "s": prefix}
        more: Item = {"ExclusiveStartKey": rows.key_item(Key(partition, before))} if before else {}
        more |= {"Limit": limit, "ScanIndexForward": False, "ConsistentRead": True}
        return self._found(table, condition, values, **more)[::-1]

    def _document(self, found: Item) -> Document:
        document: Document = json.loads(found["doc"]["S"])
        version = int(found["version"]["N"])
        self._read[rows.key_of(found), version] = document
        while len(self._read) > REMEMBERED:
            self._read.popitem(last=False)
        return document | {"version": version}

    # writing ------------------------------------------------------------------------------

    def require_first(self, context: CommandContext) -> None:
        """Refuse a command that has had its effect, before it counts a repeat of the same call."""
        if context.once is not None and (met := self.item(context.once.key)) is not None:
            raise AlreadyProcessed(met)

    def commit(self, context: CommandContext, *changes: Row, **more: Unpack[Effects]) -> Receipt:
        """Store everything a command causes, once; the receipt speaks of the first change.

        Raises VersionConflict, PreconditionFailed, NameTaken or AlreadyProcessed, and then nothing
        was stored by this call; or Unavailable, and then a repeat under the same context shows it.
        """
        if context.receipt is not None:
            raise RuntimeError("a command context is spent by one commit")
        known = next((row.version for row in changes), None)
        if not changes and (unchanged := more.get("receipt")) is not None:
            known = unchanged.version
        if None not in (context.if_match, known) and known != context.if_match:
            raise PreconditionFailed
        receipt, commit = receipt_for(changes, more), Commit.new()
        request = [
            *transaction.once(self.tables, context, receipt, commit),
            *(transaction.change(self.tables, row, commit) for row in changes),
            *(transaction.part(self.tables, row, commit) for row in more.get("parts", ())),
            *(transaction.claim(self.tables, name, commit) for name in more.get("unique", ())),
            *(transaction.release(self.tables, name) for name in more.get("release", ())),
            *(transaction.write(self.tables, write, commit) for write in more.get("writes", ())),
            *transaction.outbox(self.tables, context, changes, more.get("events", ()), commit),
            *(
                transaction.audit(self.tables, context, row, self._was(row), commit)
                for row in changes
            ),
        ]
        if len(request) > MAX_ITEMS:
            raise RuntimeError(f"a commit of {len(request)} items is not bounded by construction")
        if request:
            self._transact(request, commit.id)
        context.receipt = receipt
        self._nudge(changes, commit.at)
        return receipt

    def _was(self, row: Row) -> Document:
        return self._read.get((row.key, row.version), {})

    def _transact(self, request: list[TransactItem], commit_id: str) -> None:
        actions = [step.action for step in request]
        for _ in budget.tries(DISTURBED_ATTEMPTS):
            reasons = self.transact(actions)
            if not reasons or _written_by(reasons, commit_id):
                return
            refused = _refusal(request, reasons)
            if refused is not None:
                raise refused
        raise Unavailable

    def _nudge(self, changes: Sequence[Row], now: datetime) -> None:
        timed = [(row, row.due_at) for row in changes if row.due_at is not None]
        if self.nudge is None or not timed:
            return
        due = [row for row, at in timed if at <= now]
        for jobs in (False, True):
            keys = [row.key for row in due if row.job is jobs]
            # What is stored stays stored: the minute sweep finds what a lost nudge would have told.
            with contextlib.suppress(BotoCoreError, ClientError):
                if keys:
                    self.nudge(keys, jobs)


def receipt_for(changes: Sequence[Row], more: Effects) -> Receipt:
    """Return what a commit of these rows answers."""
    if given := more.get("receipt"):
        return given
    if not changes:
        return Receipt(id="", version=0)
    first = changes[0]
    status = getattr(first.doc, "status", None)
    return Receipt(
        id=first.id,
        version=first.version + 1,
        status=None if status is None else str(status),
        number=more.get("number") or _number_of(first.doc),
        existing=more.get("existing", False),
        links=getattr(first.doc, "links", None) or None,
    )


def _number_of(document: object) -> str | None:
    return getattr(document, "number", None) if getattr(document, "NUMBERED", True) else None


def _written_by(reasons: list[Item], commit_id: str) -> bool:
    return any(
        reason.get("Item", {}).get("commit_id", {}).get("S") == commit_id for reason in reasons
    )


def _refusal(request: list[TransactItem], reasons: list[Item]) -> Exception | None:
    """Return what the first failed condition means; None for a transaction merely disturbed."""
    for step, reason in zip(request, reasons, strict=False):
        if reason.get("Code") == "ConditionalCheckFailed":
            return step.refused(reason.get("Item", {}))
    if any(reason.get("Code") == "ValidationError" for reason in reasons):
        return RuntimeError("the transaction is malformed")
    return None
