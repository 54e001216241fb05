"""Outcomes of messages that the staff delivers by telephone: the caller closes the work item."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import reduce

from services.notifications.messages import events
from services.notifications.messages.domain import Message
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.values import MessageStatus
from services.notifications.preferences.repository import PreferencesRepository
from services.notifications.sendings.ledger import SendLedger
from services.notifications.sendings.outdating import OUTDATED, noted_rows, outdated_of
from services.notifications.sendings.phone_tasks import (
    destination_of_call,
    phone_task,
    rows_of_work_without,
)
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.reactions import act_in_time, raised_rows
from services.notifications.work_items.values import DoneReason, WorkItemStatus
from services.notifications.work_subjects.values import Mark
from shared import clock
from shared.events.base import Event
from shared.messaging.recipients import Refused
from shared.observability import count
from shared.storage.command_context import CommandContext

# With the item, their subjects, the audit of each and their events they stay within a transaction.
SETTLED_AT_ONCE = 2
NOT_REACHED = "not_reached"


def settle_calls(
    item_id: str,
    context: CommandContext,
    ledger: SendLedger,
    envelopes: Envelopes,
    preferences: PreferencesRepository,
) -> None:
    """Give the messages of a closed call its outcome, a few at a time; time acts on open work."""
    item = ledger.items.get(item_id)
    if item.status is WorkItemStatus.DONE:
        ClosedCall(item, ledger, envelopes, preferences).settle(context)
    else:
        act_in_time(item, context, ledger.items, ledger.subjects)


@dataclass(frozen=True, slots=True)
class ClosedCall:
    """A call that is over, whose messages have no outcome yet."""

    item: WorkItem
    ledger: SendLedger
    envelopes: Envelopes
    preferences: PreferencesRepository

    def settle(self, context: CommandContext) -> None:
        """Store the outcome of some of the messages.

        What came while the caller was speaking, and still holds, is the news of another call.
        """
        item, ledger = self.item, self.ledger
        found = ledger.messages.get_many(item.unsettled)
        ended = (MessageStatus.FAILED, MessageStatus.WITHHELD)
        heard = (each for each in found if each.message_id in item.heard)
        if after_all := next((each for each in heard if each.status in ended), None):
            self._settle_after_all(after_all, context)
            return
        waiting = [each for each in found if each.status is MessageStatus.HANDED_OVER]
        # What was heard was heard, though it may have become untrue before the call was closed.
        unsaid = [each for each in waiting if each.message_id not in item.heard]
        stale, _ = outdated_of(unsaid, self.envelopes.templates, ledger.subjects)
        current = [each for each in unsaid if each.message_id not in stale]
        if left := [each for each in current if self._is_left(each)]:
            tasks = raised_rows([self._next_call(left)], ledger.items, ledger.subjects)
            ledger.items.save(context, item.settle(tuple(each.message_id for each in left)), *tasks)
        elif now_ids := item.unsettled[:SETTLED_AT_ONCE]:
            settling = [each for each in waiting if each.message_id in now_ids]
            self._store(context, now_ids, settling, stale)

    def _store(
        self,
        context: CommandContext,
        settled_ids: tuple[str, ...],
        settling: Sequence[Message],
        stale: Collection[str],
    ) -> None:
        """Store the outcome of messages, and that what was not said needs no correction."""
        ledger, templates = self.ledger, self.envelopes.templates
        gone = [each for each in settling if each.message_id not in self.item.heard]
        _, untold = outdated_of(gone, templates, ledger.subjects)
        settled = [self._settled(each, each.message_id in stale) for each in settling]
        rows = [ledger.messages.row(after) for after, _ in settled]
        rows += noted_rows(untold, ledger.subjects)
        published = [event for _, said in settled for event in said]
        ledger.items.save(context, self.item.settle(settled_ids), *rows, events=published)

    def _settle_after_all(self, message: Message, context: CommandContext) -> None:
        """Note that a person has heard what an earlier end, by mistake, said it had not."""
        now, ledger = clock.now(), self.ledger
        after = message.arrive_after_all(None, now)
        also = rows_of_work_without(message, ledger.messages, ledger.items, ledger.subjects, now)
        settled = self.item.settle((message.message_id,))
        rows, published = [ledger.messages.row(after), *also], events.sending(after, message)
        count("message_sent")
        ledger.items.save(context, settled, *rows, events=published)

    def _is_left(self, message: Message) -> bool:
        """Return whether news that was not heard needs another call, though this one is done."""
        if self.item.ended_by is not None or self.item.done_reason != DoneReason.DONE:
            return False
        return self._refusal(message) is None

    def _next_call(self, left: Sequence[Message]) -> WorkItem:
        """Return the task to call once more, which the end of the call before does not end."""
        now = clock.now()
        task = reduce(WorkItem.renew, [phone_task(each, now) for each in left])
        return task.model_copy(update={"raised": Mark(source=self.item.item_id, at=now)})

    def _refusal(self, message: Message) -> str | None:
        """Return why a caller is not shown the words of a message."""
        template = self.envelopes.as_claimed(message)
        found = destination_of_call(message, template, self.envelopes, self.preferences)
        return found.refused if isinstance(found, Refused) else None

    def _settled(self, message: Message, stale: bool) -> tuple[Message, list[Event]]:
        """Return a message as the call has left it: heard, not heard, or not needed any more."""
        item, now = self.item, clock.now()
        if item.ended_by is not None or stale:
            count("message_outdated")
            return _withheld(message, OUTDATED)
        if item.done_reason == DoneReason.UNREACHABLE:
            count("message_failed")
            failed = message.fail(NOT_REACHED)
            return failed, [events.message_failed(failed)]
        if message.message_id in item.heard:
            count("message_sent")
            heard = message.mark_sent(now).mark_delivered(now)
            return heard, events.sending(heard, message)
        count("message_withheld")
        by_owner = self._refusal(message) if item.done_reason == DoneReason.DONE else None
        return _withheld(message, by_owner or item.done_reason or "")


def _withheld(message: Message, reason: str) -> tuple[Message, list[Event]]:
    withheld = message.withhold(reason)
    return withheld, [events.message_withheld(withheld)]
