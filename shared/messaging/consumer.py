"""A service's queue: events of other services, due rows of its own; and its queue of jobs.

Guarantees
- an event has its effect once per reaction: the inbox row is stored in the effect's transaction;
- one bad message never takes its neighbours along: only failed ones are reported as failed;
- a reaction whose precondition has not come (PreconditionPending) is parked in a row and tried
  again when its aggregate moves and by the minute sweep; after 15 minutes `parked_overdue` calls
  for help;
- a reaction that says so (LOOKS_AGAIN) is run once more ten minutes later, since the list by which
  it finds its work may not have shown what was written last;
- an event that a projection has outrun changes nothing but the inbox;
- what is no event we know, and no due row, is set aside as a QUARANTINE row, with a metric, and
  spends no receives; so is a parked event whose reaction a release has renamed or removed;
- with less than the reserve of time left the rest of the batch goes back untouched;
- a message that kills its worker hurts no other, and is given up in the end (`suspects`).
"""

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic_core import from_json

from shared import clock
from shared.dependencies import connected
from shared.errors import PreconditionPending
from shared.events.base import Received, UnknownEvent
from shared.messaging import batches, deadlines, parking, quarantine
from shared.messaging.deadlines import Turn
from shared.messaging.subscriptions import EventHandler, Subscriptions
from shared.messaging.suspects import GaveUp, Suspects, take_off_queue
from shared.observability import count, follow, note
from shared.principal import system
from shared.storage import rows
from shared.storage.command_context import AlreadyProcessed, CommandContext, DedupKey, Receipt
from shared.storage.rows import Item, Key, RawWrite
from shared.storage.store import Store
from shared.storage.transaction import OutOfOrder

INBOX_DAYS = 45
LONGEST_KEY = 1024


def consume(
    batch: Item,
    context: Any,
    inbound: Subscriptions,
    store: Store,
    take_off_queue: Callable[[list[str]], object] = take_off_queue,
) -> Item:
    """Handle a batch of SQS records; the answer names the ones to deliver again."""
    suspects = Suspects(batch, context, store, take_off_queue)
    consumer = Consumer(inbound, store, context, suspects.alone)

    def handle(record: Any) -> None:
        body: str = record.body
        try:
            suspects.work(record.raw_event, lambda: consumer.handle(body))
        except GaveUp:
            quarantine.set_aside(body, "gave_up", "its workers were killed", store)

    return batches.work({"Records": suspects.records}, context, "SQS", handle)


class Consumer:
    """One invocation's work on messages; `alone` comes before what has killed a worker."""

    def __init__(
        self, inbound: Subscriptions, store: Store, context: Any, alone: Callable[[], object]
    ) -> None:
        self._inbound = inbound
        self._store = store
        self._context = context
        self._alone = alone

    def handle(self, body: str) -> None:
        """Do what a message asks for; what it does not say clearly is set aside."""
        try:
            meant = _understood(body, self._inbound)
        except Exception as error:
            # Our own words about a message, never the message's.
            words = str(error) if isinstance(error, UnknownEvent) else ""
            explanation = f"{type(error).__name__}: {words}"
            quarantine.set_aside(body, "not_understood", explanation, self._store)
            return
        if isinstance(meant, Key):
            self._handle_due(meant)
            return
        for reaction in self._inbound.reactions_to(meant.event):
            self.react(meant, reaction)

    def _still(self) -> timedelta:
        """How long this worker may live."""
        return timedelta(milliseconds=self._context.get_remaining_time_in_millis())

    def _handle_due(self, key: Key) -> None:
        if parking.holds(key):
            self._retry_parked(key)
            return
        handler = self._inbound.due(key.sk)
        if handler is not None:
            turn = deadlines.turn_of(key, handler, self._still(), self._alone)
            deadlines.work(key, turn, self._store)

    # reactions ----------------------------------------------------------------------------

    def react(
        self, received: Received[Any], reaction: EventHandler, parked: Key | None = None
    ) -> bool:
        """Let one reaction have its effect, once; False when it had to be parked."""
        again = "#again" if parked is not None and parking.looks_again(parked) else ""
        once = Key(f"INBOX#{reaction.__name__}#{received.id}{again}", "INBOX")
        follow(received.correlation_id)
        worked = [received.event.detail_type(), reaction.__name__]
        note(event=worked)
        if self._store.item(once) is not None:
            count("duplicates")
            if parked is not None:
                self._store.put(RawWrite("data", parked, None))
            return True
        if not again and self._inbound.looks_again(received.event, reaction):
            parking.park_for_second_look(received, reaction.__name__, self._store)
        try:
            receipt = deadlines.until_first(
                partial(self._attempt, received, reaction, once, parked)
            )
        except PreconditionPending as early:
            if parked is None:
                parking.park(received, reaction.__name__, early.aggregate_id, self._store)
            return False
        except AlreadyProcessed:
            count("duplicates")
            return True
        except Exception:
            note(failed=worked)  # others of the batch are worked after it
            raise
        if receipt.id:
            self._drain_parked(receipt.id)
        return True

    def _attempt(
        self, received: Received[Any], reaction: EventHandler, once: Key, parked: Key | None
    ) -> Receipt:
        context = CommandContext(
            actor=system(self._inbound.service),
            action=reaction.__name__,
            correlation_id=received.correlation_id,
            causation_id=received.id,
            once=DedupKey(once, clock.wall() + timedelta(days=INBOX_DAYS)),
            parked=parked,
        )
        with contextlib.suppress(OutOfOrder):
            reaction(received, context, **connected(reaction))
        return context.receipt or self._store.commit(context)

    # parked reactions ---------------------------------------------------------------------

    def _drain_parked(self, aggregate_id: str) -> None:
        """Retry, in order, what waits for an aggregate that has moved."""
        for found in self._store.query("data", parking.place(aggregate_id), limit=25):
            # What has killed a worker waits for the sweep, and harms nobody on the way.
            if not deadlines.has_killed(found):
                self._retry_parked(rows.key_of(found), at_once=True)

    def _retry_parked(self, key: Key, at_once: bool = False) -> None:
        turn = Turn(
            run=lambda: self._react_parked(key),
            still=self._still(),
            alone=self._alone,
            again=lambda _: parking.RETRY,
        )
        deadlines.work(key, turn, self._store, at_once)

    def _react_parked(self, key: Key) -> bool:
        found = self._store.item(key)
        if found is None:
            return True
        event, name = json.loads(found["event"]["S"]), found["reaction"]["S"]
        try:
            received = self._inbound.event(event)
            reaction = self._inbound.reaction(type(received.event), name)
        except UnknownEvent as error:
            # A release has renamed or removed what it waits for; as a message it can be sent back.
            body = json.dumps({"reaction": name, "detail": event})
            quarantine.set_aside(body, "reaction_gone", f"UnknownEvent: {error}", self._store)
            self._store.put(RawWrite("data", key, None))
            return True
        if self.react(received, reaction, parked=key):
            return True
        late = clock.now() - clock.parse(found["parked_at"]["S"]) > parking.OVERDUE
        count("parked_overdue", int(late))
        return False


def _understood(body: str, inbound: Subscriptions) -> Key | Received[Any]:
    """Return what a message says: the key of a due row of ours, or an event we react to."""
    said = from_json(body)  # unlike `json.loads` it refuses half a sign, which no row can hold
    if isinstance(said, dict) and "due" in said:
        return _due_key(said["due"], inbound)
    return inbound.event(said["detail"])


def _due_key(said: Any, inbound: Subscriptions) -> Key:
    match said:
        case [str(pk), str(sk)] if all(_is_key(each) for each in (pk, sk)):
            key = Key(pk, sk)
        case _:
            raise UnknownEvent("no key of a due row")
    if not parking.holds(key) and inbound.due(sk) is None:
        raise UnknownEvent("a due row of unknown type")
    return key


def _is_key(text: str) -> bool:
    return 0 < len(text) <= LONGEST_KEY and text.isascii()
