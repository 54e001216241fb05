"""Outcomes of messages that the staff delivers by telephone: the caller closes the work item."""

from collections.abc import Collection, Sequence
from functools import reduce

from services.notifications.messages import events
from services.notifications.messages.domain import Message
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.values import MessageStatus
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
    item_id: str, context: CommandContext, ledger: SendLedger, envelopes: Envelopes
) -> None:
    """Give the messages of a closed call its outcome, a few at a time; time acts on open work.

    What came while the caller was speaking, and still holds, is the news of another call.
    """
    item = ledger.items.get(item_id)
    if item.status is not WorkItemStatus.DONE:
        act_in_time(item, context, ledger.items, ledger.subjects)
        return
    now_ids = item.unsettled[:SETTLED_AT_ONCE]
    found = ledger.messages.get_many(item.unsettled)
    ended = (
        each for each in found if each.status in (MessageStatus.FAILED, MessageStatus.WITHHELD)
    )
    if after_all := next((each for each in ended if each.message_id in item.heard), None):
        _settle_after_all(after_all, item, context, ledger)
        return
    waiting = [each for each in found if each.status is MessageStatus.HANDED_OVER]
    # What was heard was heard, though it may have become untrue before the call was closed.
    unsaid = [each for each in waiting if each.message_id not in item.heard]
    stale, _ = outdated_of(unsaid, envelopes.templates, ledger.subjects)
    left = [each for each in unsaid if _is_left(each, item, stale, envelopes)]
    if left:
        tasks = raised_rows([_next_call(left, item)], ledger.items, ledger.subjects)
        ledger.items.save(context, item.settle(tuple(each.message_id for each in left)), *tasks)
    elif now_ids:
        settling = [each for each in waiting if each.message_id in now_ids]
        settled = [_settled(each, item, stale, envelopes) for each in settling]
        rows = [ledger.messages.row(after) for after, _ in settled]
        gone = [each for each in settling if each in unsaid]
        _, untold = outdated_of(gone, envelopes.templates, ledger.subjects)
        rows += noted_rows(untold, ledger.subjects)
        published = [event for _, said in settled for event in said]
        ledger.items.save(context, item.settle(now_ids), *rows, events=published)


def _settle_after_all(
    message: Message, item: WorkItem, context: CommandContext, ledger: SendLedger
) -> None:
    """Note that a person has heard what an earlier end of the call, by mistake, said it had not."""
    now = clock.now()
    after = message.arrive_after_all(None, now)
    also = rows_of_work_without(message, ledger.messages, ledger.items, ledger.subjects, now)
    settled = item.settle((message.message_id,))
    rows, published = [ledger.messages.row(after), *also], events.sending(after, message)
    count("message_sent")
    ledger.items.save(context, settled, *rows, events=published)


def _is_left(
    message: Message, item: WorkItem, stale: Collection[str], envelopes: Envelopes
) -> bool:
    """Return whether a message that was not heard needs another call, though this one is done."""
    if item.ended_by is not None or item.done_reason != DoneReason.DONE:
        return False
    return message.message_id not in stale and _refusal(message, envelopes) is None


def _next_call(left: Sequence[Message], item: WorkItem) -> WorkItem:
    """Return the task to call once more, which the end of the call before does not end."""
    now = clock.now()
    task = reduce(WorkItem.renew, [phone_task(each, now) for each in left])
    return task.model_copy(update={"raised": Mark(source=item.item_id, at=now)})


def _refusal(message: Message, envelopes: Envelopes) -> str | None:
    """Return why a caller is not shown the words of a message."""
    found = destination_of_call(message, envelopes.as_claimed(message), envelopes)
    return found.refused if isinstance(found, Refused) else None


def _settled(
    message: Message, item: WorkItem, stale: Collection[str], envelopes: Envelopes
) -> tuple[Message, list[Event]]:
    """Return a message as the call has left it: heard, not heard, or not needed any more."""
    now = clock.now()
    if item.ended_by is not None or message.message_id in stale:
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
    by_owner = _refusal(message, envelopes) if item.done_reason == DoneReason.DONE else None
    return _withheld(message, by_owner or item.done_reason or "")


def _withheld(message: Message, reason: str) -> tuple[Message, list[Event]]:
    withheld = message.withhold(reason)
    return withheld, [events.message_withheld(withheld)]
