"""A service's one queue: events of other services, due rows of its own.

Guarantees
- an event has its effect once per reaction: the inbox row is stored in the effect's transaction;
- one bad message never takes its neighbours along: only failed ones are reported as failed;
- a reaction whose precondition has not come (NotYet) is parked in a row and tried again when its
  aggregate moves and by the minute sweep; after 15 minutes `parked_overdue` calls for help;
- an event that a projection has outrun changes nothing but the inbox;
- what is no event we know is set aside as a QUARANTINE row, with a metric, and spends no receives;
- with less than the reserve of time left the rest of the batch goes back untouched.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared import batches, clock, deadlines, rows
from shared.cause import AlreadyDone, Cause, Key, Once
from shared.deadlines import Handler
from shared.errors import NotYet, VersionConflict
from shared.events.base import Event, NotUnderstood, Received, from_cloud_event
from shared.observability import count, follow
from shared.principals import system
from shared.rows import Item, Write
from shared.store import Stale, Store

Reaction = Callable[[Received[Any], Cause], None]

INBOX_DAYS = 45
TRIES = 5
PARKED_RETRY = timedelta(seconds=45)
PARKED_OVERDUE = timedelta(minutes=15)
PARKED = "PARKED"
QUARANTINED_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class Inbound:
    """All that a service does with its queue: reactions by event class, deadlines by row type."""

    service: str
    reactions: Mapping[type[Event], tuple[Reaction, ...] | Reaction]
    deadlines: Mapping[str, Handler] = field(default_factory=dict)

    def known(self) -> dict[str, type[Event]]:
        """The event classes this service reacts to, by their name on the bus."""
        return {event.detail_type(): event for event in self.reactions}

    def reactions_to(self, event: type[Event]) -> tuple[Reaction, ...]:
        """The reactions to one class of events."""
        found = self.reactions[event]
        return found if isinstance(found, tuple) else (found,)


def consume(batch: Item, context: Any, inbound: Inbound, store: Store) -> Item:
    """Handle a batch of SQS records; the answer names the ones to deliver again."""
    return batches.work(batch, context, "SQS", lambda record: _handle(record.body, inbound, store))


def _handle(body: str, inbound: Inbound, store: Store) -> None:
    try:
        told = _understood(body, inbound)
    except (ValueError, KeyError, TypeError, NotUnderstood) as error:
        _quarantine(body, error, store)
        return
    if isinstance(told, Key):
        _handle_due(told, inbound, store)
        return
    for reaction in inbound.reactions_to(type(told.event)):
        react(told, reaction, inbound, store)


def _understood(body: str, inbound: Inbound) -> Key | Received[Any]:
    """What a message says: the key of a due row of ours, or an event we react to."""
    said = json.loads(body)
    if isinstance(said, dict) and "due" in said:
        pk, sk = said["due"]
        return Key(pk, sk)
    return from_cloud_event(said["detail"], inbound.known())


def _handle_due(key: Key, inbound: Inbound, store: Store) -> None:
    if key.pk.startswith(f"{PARKED}#"):
        _retry_parked(key, inbound, store)
    else:
        deadlines.work(key, inbound.deadlines, store)


def react(
    received: Received[Any],
    reaction: Reaction,
    inbound: Inbound,
    store: Store,
    parked: Key | None = None,
) -> bool:
    """Let one reaction have its effect, once; False when it had to be parked."""
    once = Key(f"INBOX#{reaction.__name__}#{received.id}", "INBOX")
    follow(received.correlation_id)
    if store.item(once) is not None:
        count("duplicates")
        if parked is not None:
            store.put(Write("data", parked, None))
        return True
    try:
        cause = _react_once(received, reaction, inbound, store, once, parked)
    except NotYet as early:
        if parked is None:
            _park(received, reaction, early.aggregate_id, store)
        return False
    except AlreadyDone:
        count("duplicates")
        return True
    if cause.receipt is not None and cause.receipt.id:
        _drain_parked(cause.receipt.id, inbound, store)
    return True


def _react_once(
    received: Received[Any],
    reaction: Reaction,
    inbound: Inbound,
    store: Store,
    once: Key,
    parked: Key | None,
) -> Cause:
    def cause() -> Cause:
        return Cause(
            actor=system(inbound.service),
            action=reaction.__name__,
            correlation_id=received.correlation_id,
            causation_id=received.id,
            once=Once(once, clock.wall() + timedelta(days=INBOX_DAYS)),
            received=received,
            parked=parked,
        )

    for left in reversed(range(TRIES)):
        attempt = cause()
        try:
            reaction(received, attempt)
            if attempt.receipt is None:
                store.commit(attempt)
            return attempt
        except Stale:
            seen = cause()
            store.commit(seen)
            return seen
        except VersionConflict:
            if not left:
                raise
    raise AssertionError("unreachable")


# parked reactions -------------------------------------------------------------------------


def _park(received: Received[Any], reaction: Reaction, aggregate_id: str, store: Store) -> None:
    """Keep the event beside the aggregate it waits for; parking it again changes nothing."""
    count("parked")
    now = clock.now()
    key = Key(
        f"{PARKED}#{aggregate_id}",
        f"{received.sequence:012d}#{reaction.__name__}#{received.id}",
    )
    store.put(
        Write(
            "data",
            key,
            {
                "event": _event_json(received),
                "reaction": reaction.__name__,
                "parked_at": clock.iso(now),
                "due_shard": rows.due_shard(key.pk),
                "due_at": clock.iso(now + PARKED_RETRY),
            },
            condition="absent",
        )
    )


def _drain_parked(aggregate_id: str, inbound: Inbound, store: Store) -> None:
    """The aggregate has moved: what waits for it may now be possible, in order."""
    for found in store.query("data", f"{PARKED}#{aggregate_id}", limit=25):
        _retry_parked(Key(found["pk"]["S"], found["sk"]["S"]), inbound, store)


def _retry_parked(key: Key, inbound: Inbound, store: Store) -> None:
    found = store.item(key)
    if found is None:
        return
    received = from_cloud_event(json.loads(found["event"]["S"]), inbound.known())
    reaction = next(
        one
        for one in inbound.reactions_to(type(received.event))
        if one.__name__ == found["reaction"]["S"]
    )
    if react(received, reaction, inbound, store, parked=key):
        return
    late = clock.now() - clock.parse(found["parked_at"]["S"]) > PARKED_OVERDUE
    count("parked_overdue", int(late))
    store.update(
        "data",
        key,
        UpdateExpression="SET due_at = :later",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues={":later": {"S": clock.iso(clock.now() + PARKED_RETRY)}},
    )


def _event_json(received: Received[Any]) -> str:
    return json.dumps(
        {
            "type": received.event.detail_type(),
            "id": received.id,
            "time": clock.iso(received.time),
            "sequence": str(received.sequence),
            "subject": received.subject,
            "correlationid": received.correlation_id,
            "data": received.event.model_dump(mode="json"),
        }
    )


# messages nobody understands --------------------------------------------------------------


def _quarantine(body: str, error: Exception, store: Store) -> None:
    """Set a message aside for the people on duty; a second copy of it changes nothing."""
    count("quarantined")
    digest = hashlib.sha256(body.encode()).hexdigest()
    store.put(
        Write(
            "data",
            Key(f"QUARANTINE#{clock.wall():%Y-%m-%d}", digest),
            {
                "body": body[:QUARANTINED_BYTES],
                "cause": f"{type(error).__name__}: {_safe(error)}",
                "expires_at": rows.epoch(clock.wall() + timedelta(days=INBOX_DAYS)),
            },
        )
    )


def _safe(error: Exception) -> str:
    """Our own words about a message, never the message's."""
    return str(error) if isinstance(error, NotUnderstood) else ""
