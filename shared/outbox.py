"""From the outbox to the bus.

Guarantees
- an event whose command was acknowledged is published at least once: a row stays pending until
  every one of its entries was accepted, and the sweeper publishes what is still pending;
- correctness rests on the sweeper alone: the stream only makes it fast, and may skip rows;
- nothing is ever published that was not committed.
"""

import json
import os
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, batches, clock, rows
from shared.observability import count, measure, observed
from shared.rows import Item, Key
from shared.tables import TableAccess

KEEP_PUBLISHED = timedelta(days=30)
SWEEP_PAGE = 100
GRACE = timedelta(seconds=10)
MAX_ENTRIES = 10
MAX_BYTES = 200 * 1024


class StillPending(Exception):
    """The bus refused an entry of a row: the stream brings it again, or the sweeper does."""


@observed("relay-outbox")
def relay_handler(batch: Item, context: object) -> Item:
    """Stream of new outbox rows → bus."""
    return relay(batch, context, aws.table_access(), aws.client("events"), os.environ["BUS_NAME"])


@observed("sweep-outbox")
def sweep_handler(event: Item, context: object) -> Item:
    """Every minute: publish what is still pending, and say how old the oldest of it is."""
    grace = timedelta() if event.get("at_once") else GRACE
    found, published, oldest = sweep(
        aws.table_access(), aws.client("events"), os.environ["BUS_NAME"], grace
    )
    count("outbox_swept", published)
    measure("outbox_lag", oldest, "Seconds")
    return {"found": found, "published": published}


def relay(batch: Item, context: object, tables: TableAccess, bus: Any, bus_name: str) -> Item:
    """Publish each row of a batch; the stream brings the batch again from the first one left."""

    def handle(record: Any) -> None:
        if not publish([record["dynamodb"]["NewImage"]], tables, bus, bus_name):
            raise StillPending

    return batches.work(batch, context, "DynamoDBStreams", handle)


def publish(images: Sequence[Item], tables: TableAccess, bus: Any, bus_name: str) -> int:
    """Publish the entries of outbox rows; a row is cleared when all its entries were accepted."""
    entries = [
        (number, entry)
        for number, image in enumerate(images)
        for entry in json.loads(image["entries"]["S"])
    ]
    failed: set[int] = set()
    for chunk in _chunks(entries):
        failed |= _put(chunk, bus, bus_name)
    cleared = [image for number, image in enumerate(images) if number not in failed]
    for image in cleared:
        _clear(image, tables)
    return len(cleared)


def sweep(tables: TableAccess, bus: Any, bus_name: str, grace: timedelta) -> tuple[int, int, float]:
    """Publish every row pending for longer than `grace`: (found, published, oldest in seconds)."""
    before = clock.iso(clock.wall() - grace)
    found, published, oldest = 0, 0, 0.0
    for shard in rows.pending_shards():
        images = tables.pending(shard, before, SWEEP_PAGE)
        if not images:
            continue
        found += len(images)
        age = clock.wall() - clock.parse(images[0]["pending_at"]["S"])
        oldest = max(oldest, age.total_seconds())
        published += publish(images, tables, bus, bus_name)
    return found, published, oldest


def _chunks(entries: Iterable[tuple[int, Item]]) -> Iterable[list[tuple[int, Item]]]:
    chunk: list[tuple[int, Item]] = []
    size = 0
    for number, entry in entries:
        length = len(entry["detail"].encode())
        if chunk and (len(chunk) == MAX_ENTRIES or size + length > MAX_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append((number, entry))
        size += length
    if chunk:
        yield chunk


def _put(chunk: list[tuple[int, Item]], bus: Any, bus_name: str) -> set[int]:
    """Publish one chunk; the numbers of the rows of which an entry was not accepted."""
    try:
        answer = bus.put_events(
            Entries=[
                {
                    "EventBusName": bus_name,
                    "Source": f"ryadom.{entry['type'].partition('.')[0]}",
                    "DetailType": entry["type"],
                    "Detail": entry["detail"],
                }
                for _, entry in chunk
            ]
        )
    except (BotoCoreError, ClientError):
        return {number for number, _ in chunk}
    return {
        number
        for (number, _), result in zip(chunk, answer["Entries"], strict=True)
        if result.get("ErrorCode")
    }


def _clear(image: Item, tables: TableAccess) -> None:
    key = Key(image["pk"]["S"], image["sk"]["S"])
    tables.update(
        "outbox",
        key,
        # A till record is an outbox row with a keeping time of its own.
        UpdateExpression="SET published_at = :t, expires_at = if_not_exists(expires_at, :e)"
        " REMOVE pending, pending_at",
        ConditionExpression="attribute_exists(pending)",
        ExpressionAttributeValues={
            ":t": {"S": clock.iso(clock.wall())},
            ":e": {"N": str(rows.epoch(clock.wall() + KEEP_PUBLISHED))},
        },
    )
