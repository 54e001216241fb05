"""From the outbox to the bus.

Guarantees
- an event whose command was acknowledged is published at least once: a row stays pending until
  every one of its entries was accepted, and the sweeper publishes what is still pending;
- correctness rests on the sweeper alone: the stream only makes it fast, and may skip rows;
- nothing is ever published that was not committed.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, budget, clock, settings
from shared.messaging import batches
from shared.observability import count, measure, note, observed
from shared.storage import connection, rows
from shared.storage.rows import Item
from shared.storage.tables import TableAccess

KEEP_PUBLISHED = timedelta(days=30)
SWEEP_PAGE = 100
# A round over all shards takes less, even when it is full.
ROUND_SECONDS = 25
GRACE = timedelta(seconds=10)
# As many as PutEvents takes; ten details of at most MAX_DETAIL_BYTES are below its 256 KB.
MAX_ENTRIES = 10

Number = TypeVar("Number", int, str)


class StillPending(Exception):
    """The bus refused an entry of a row: the stream or the sweeper will deliver it again."""


class NotTaken(Exception):
    """The bus refused an entry, for a reason whose code the log shows."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.response = {"Error": {"Code": code}}


@observed("relay-outbox")
def relay_handler(batch: Item, context: object) -> Item:
    """Stream of new outbox rows → bus."""
    return relay(
        batch, context, connection.table_access(), aws.client("events"), settings.bus_name()
    )


@observed("sweep-outbox")
def sweep_handler(event: Item, context: object) -> Item:
    """Every minute: publish what is still pending, and say how old the oldest of it is.

    After an outage there is more than a round takes: it goes on while there is time.
    """
    grace = timedelta() if event.get("at_once") else GRACE
    bus, name = aws.client("events"), settings.bus_name()
    found, published, oldest = sweep(connection.table_access(), bus, name, grace)
    last = published
    while last >= SWEEP_PAGE and budget.allows(ROUND_SECONDS):
        more, last, _ = sweep(connection.table_access(), bus, name, grace)
        found, published = found + more, published + last
    count("outbox_swept", published)
    measure("outbox_lag", oldest, "Seconds")
    return {"found": found, "published": published}


def relay(batch: Item, context: object, tables: TableAccess, bus: Any, bus_name: str) -> Item:
    """Publish each row of a batch; the stream delivers it again from the first one that is left."""
    images = {
        record["dynamodb"]["SequenceNumber"]: record["dynamodb"]["NewImage"]
        for record in batch["Records"]
        # A row that is gone has no image, and one that is published is not pending.
        if "pending" in record["dynamodb"].get("NewImage", {})
    }
    # The first record that is begun publishes all: a call takes the entries of many rows.
    accepted = cache(lambda: _accepted(images, bus, bus_name))

    def handle(record: Any) -> None:
        number = record["dynamodb"]["SequenceNumber"]
        if number in images:
            if number not in accepted():
                raise StillPending
            _clear(images[number], tables)

    return batches.work(batch, context, "DynamoDBStreams", handle)


def publish(images: Sequence[Item], tables: TableAccess, bus: Any, bus_name: str) -> int:
    """Publish the entries of outbox rows; a row is cleared when all its entries were accepted."""
    accepted = _accepted(dict(enumerate(images)), bus, bus_name)
    for number in accepted:
        _clear(images[number], tables)
    return len(accepted)


def sweep(tables: TableAccess, bus: Any, bus_name: str, grace: timedelta) -> tuple[int, int, float]:
    """Publish every row pending for longer than `grace`: (found, published, oldest in seconds)."""
    before = clock.iso(clock.wall() - grace)
    found, published, oldest = 0, 0, 0.0
    for shard in rows.PENDING_SHARDS:
        images = tables.pending(shard, before, SWEEP_PAGE)
        if not images:
            continue
        found += len(images)
        age = clock.wall() - clock.parse(images[0]["pending_at"]["S"])
        oldest = max(oldest, age.total_seconds())
        published += publish(images, tables, bus, bus_name)
    return found, published, oldest


def _accepted(images: Mapping[Number, Item], bus: Any, bus_name: str) -> list[Number]:
    """Publish the entries of rows; the rows all of whose entries the bus has taken."""
    entries: list[tuple[Number, Item]] = []
    left: set[Number] = set()
    for number, image in images.items():
        try:
            entries += [(number, entry) for entry in _entries(image, bus_name)]
        except Exception as error:
            # A row that nobody can read harms no other.
            note(error=error)
            left.add(number)
    for start in range(0, len(entries), MAX_ENTRIES):
        left |= _put(entries[start : start + MAX_ENTRIES], bus)
    return [number for number in images if number not in left]


def _entries(image: Item, bus_name: str) -> list[Item]:
    return [
        {
            "EventBusName": bus_name,
            "Source": f"ryadom.{entry['type'].partition('.')[0]}",
            "DetailType": entry["type"],
            "Detail": entry["detail"],
        }
        for entry in json.loads(image["entries"]["S"])
    ]


def _put(entries: list[tuple[Number, Item]], bus: Any) -> set[Number]:
    """Publish some entries; the rows of which one was not taken."""
    try:
        answer = bus.put_events(Entries=[entry for _, entry in entries])
    except (BotoCoreError, ClientError) as error:
        note(error=error)
        return {number for number, _ in entries}
    # An entry about which the bus says nothing may not have been taken.
    taken = set[int]()
    for place, result in enumerate(answer.get("Entries", ())):
        if code := result.get("ErrorCode"):
            note(error=NotTaken(code))
        else:
            taken.add(place)
    return {number for place, (number, _) in enumerate(entries) if place not in taken}


def _clear(image: Item, tables: TableAccess) -> None:
    tables.update(
        "outbox",
        rows.key_of(image),
        # A till record is an outbox row with a keeping time of its own.
        "SET published_at = :now, expires_at = if_not_exists(expires_at, :expires)"
        " REMOVE pending, pending_at",
        "attribute_exists(pending)",
        now=clock.iso(clock.wall()),
        expires=rows.epoch(clock.wall() + KEEP_PUBLISHED),
    )
