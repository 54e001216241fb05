"""Ways to get it wrong, each a small patch of the product; the simulation must notice each."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest import mock

from shared import clock
from shared.messaging import consumer, deadlines, outbox, parking
from shared.storage import store, transaction
from shared.storage.command_context import CommandContext
from shared.storage.rows import Key
from tests.simulation import sample_service

Patch = Callable[[contextlib.ExitStack], None]


def _of_reaction(context: CommandContext) -> bool:
    return context.once is not None and context.once.key.sk == "INBOX"


def _replace(stack: contextlib.ExitStack, where: object, name: str, value: object) -> None:
    stack.enter_context(mock.patch.object(where, name, value))


def no_idempotency_row(stack: contextlib.ExitStack) -> None:
    """A command repeated under its key is a new command."""
    real = transaction.once

    def once(tables: Any, context: Any, *rest: Any) -> Iterator[Any]:
        if _of_reaction(context):
            yield from real(tables, context, *rest)

    _replace(stack, transaction, "once", once)


def dual_write(stack: contextlib.ExitStack) -> None:
    """Events are written after the commit, in a call of their own."""
    real_commit = store.Store.commit

    def commit(self: Any, context: Any, *changes: Any, **more: Any) -> Any:
        events = more.pop("events", ())
        receipt = real_commit(self, context, *changes, **more)
        late = transaction.Commit(f"cmt_{receipt.id}{receipt.version}", clock.now())
        for step in transaction.outbox(self.tables, context, changes, events, late):
            self._refused(step.action)
        return receipt

    _replace(stack, store.Store, "commit", commit)


def inbox_outside_transaction(stack: contextlib.ExitStack) -> None:
    """The inbox row is written after the effect."""
    real_commit = store.Store.commit

    def commit(self: Any, context: Any, *changes: Any, **more: Any) -> Any:
        if not _of_reaction(context):
            return real_commit(self, context, *changes, **more)
        marked, context.once = replace(context, parked=None), None
        receipt = real_commit(self, context, *changes, **more)
        for step in transaction.once(self.tables, marked, receipt, transaction.Commit.new()):
            self._refused(step.action)
        return receipt

    _replace(stack, store.Store, "commit", commit)


def inbox_without_reaction(stack: contextlib.ExitStack) -> None:
    """The inbox is keyed by the event alone, so the second reaction never runs."""

    def shortened(pk: str, sk: str) -> Key:
        return Key(f"INBOX#{pk.rpartition('#')[2]}" if pk.startswith("INBOX#") else pk, sk)

    _replace(stack, consumer, "Key", shortened)


def ignored_failed_entries(stack: contextlib.ExitStack) -> None:
    """What PutEvents refused counts as published."""
    real = outbox._put

    def put(entries: Any, bus: Any) -> set[int]:
        real(entries, bus)
        return set()

    _replace(stack, outbox, "_put", put)


def no_sequence_guard(stack: contextlib.ExitStack) -> None:
    """A projection takes whatever comes last."""

    def row(self: Any, aggregate: Any) -> Any:
        return self._row(aggregate)

    _replace(stack, sample_service.Projections, "row", row)


def parked_event_dropped(stack: contextlib.ExitStack) -> None:
    """A reaction that came too early is forgotten."""
    _replace(stack, parking, "park", lambda *_: None)


def deadline_cleared_before_effect(stack: contextlib.ExitStack) -> None:
    """The due mark is taken off first, and the handler runs afterwards."""
    real = deadlines.work

    def work(key: Key, turn: Any, held: Any, *rest: Any) -> None:
        found = held.item(key)
        if found is not None and deadlines._is_due(found):
            held.update("data", key, "REMOVE due_shard", "attribute_exists(due_shard)")
        real(key, turn, held, *rest)

    _replace(stack, deadlines, "work", work)


MUTANTS: dict[str, Patch] = {
    patch.__name__: patch
    for patch in (
        no_idempotency_row,
        dual_write,
        inbox_outside_transaction,
        inbox_without_reaction,
        ignored_failed_entries,
        no_sequence_guard,
        parked_event_dropped,
        deadline_cleared_before_effect,
    )
}


@contextlib.contextmanager
def applied(name: str | None) -> Iterator[None]:
    """The product with that fault in it; as it is when None."""
    with contextlib.ExitStack() as stack:
        if name is not None:
            MUTANTS[name](stack)
        yield
