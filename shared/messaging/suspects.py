"""Messages that may have killed a worker, and what protects their neighbours from them.

SQS deletes a batch when its function ends, so when a worker is killed (time, memory) all ten
return, and nothing says which one it was. From the second delivery on:
- what comes for the first time is worked first, what has killed a worker last;
- before a message that came before is begun, all that is done leaves the queue, and a mark is
  written that goes when its handler ends, in success or failure: a mark found again is a killed
  worker, and names the message that did it;
- a message that has killed a worker is begun only with the time of a whole function;
- after three it is not begun again, but given up with a reason.
"""

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, clock, settings
from shared.errors import Unavailable
from shared.messaging.batches import NotBegun
from shared.storage import rows
from shared.storage.rows import Item, Key, RawWrite
from shared.storage.tables import TableAccess

KILLS = 3
# With less left a slow message would be killed by its neighbours' time and not by its own.
ALONE_MS = 20_000
# The queue delivers no more often (maxReceiveCount), and a killer is no unexplained dead letter.
LAST_DELIVERY = 10
# Longer than any queue keeps a message.
MARK_LASTS = timedelta(days=15)
DUE = '{"due"'


class GaveUp(Exception):
    """A message that killed its workers is not begun again."""


class Suspects:
    """The records of one batch, the dangerous ones last."""

    def __init__(
        self,
        batch: Item,
        context: Any,
        store: TableAccess,
        take_off_queue: Callable[[list[str]], object],
    ) -> None:
        self._context = context
        self._store = store
        self._take_off_queue = take_off_queue
        self._done: list[str] = []
        self._kills = self._counted(batch["Records"])
        self.records = sorted(batch["Records"], key=self._danger)

    def work(self, record: Item, handle: Callable[[], object]) -> None:
        """Handle one record; raises GaveUp for one that has killed too many workers."""
        if _came_before(record):
            self._watched(record, handle)
        else:
            handle()
        if "receiptHandle" in record:
            self._done.append(record["receiptHandle"])

    def alone(self) -> None:
        """Prepare for what has killed a worker: there must be time, and what is done is safe."""
        if self._context.get_remaining_time_in_millis() < ALONE_MS:
            raise NotBegun
        self._let_go()

    def _watched(self, record: Item, handle: Callable[[], object]) -> None:
        if self._kills is None:
            raise Unavailable
        kills = self._kills[record["messageId"]]
        if kills >= KILLS or (kills and _deliveries(record) >= LAST_DELIVERY):
            raise GaveUp
        if kills:
            self.alone()
        else:
            self._let_go()
        mark = _mark(record)
        expires = rows.epoch(clock.wall() + MARK_LASTS)
        self._store.put(RawWrite("data", mark, {"kills": kills + 1, "expires_at": expires}))
        try:
            handle()
        except Exception:
            self._cleared(mark)
            raise
        self._cleared(mark)

    def _cleared(self, mark: Key) -> None:
        with contextlib.suppress(Unavailable):
            self._store.put(RawWrite("data", mark, None))

    def _let_go(self) -> None:
        """Take what is done off the queue; when that fails it comes again, which is harmless."""
        if self._done:
            with contextlib.suppress(BotoCoreError, ClientError):
                self._take_off_queue(self._done)
            self._done = []

    def _counted(self, records: list[Item]) -> dict[str, int] | None:
        """Count the workers that each returning message has killed; None while that is unknown."""
        came_before = filter(_came_before, records)
        try:
            marks = {each["messageId"]: self._store.item(_mark(each)) for each in came_before}
        except Unavailable:
            return None
        return {name: int(mark["kills"]["N"]) if mark else 0 for name, mark in marks.items()}

    def _danger(self, record: Item) -> tuple[int, bool, int]:
        kills = (self._kills or {}).get(record["messageId"], 0)
        return kills, _is_due(record), _deliveries(record)


def _came_before(record: Item) -> bool:
    """Whether an event was delivered before; a due row counts its own tries."""
    return _deliveries(record) > 1 and not _is_due(record)


def _is_due(record: Item) -> bool:
    return str(record["body"]).startswith(DUE)


def _deliveries(record: Item) -> int:
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))


def _mark(record: Item) -> Key:
    return Key(f"ATTEMPT#{record['messageId']}", "ATTEMPT")


def take_off_queue(receipts: list[str]) -> None:
    """Delete messages of the running batch from the service's queue, before the batch ends."""
    aws.client("sqs").delete_message_batch(
        QueueUrl=settings.queue_url(),
        Entries=[
            {"Id": str(place), "ReceiptHandle": receipt} for place, receipt in enumerate(receipts)
        ],
    )
