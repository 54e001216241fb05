"""Outcomes of messages that the staff delivers by telephone: the caller closes the work item."""

from services.notifications.messages import events
from services.notifications.messages.domain import Message
from services.notifications.messages.rendering import Envelopes
from services.notifications.messages.values import MessageStatus
from services.notifications.sendings.ledger import SendLedger
from services.notifications.sendings.outdating import OUTDATED, noted_rows, outdated_of
from services.notifications.sendings.phone_tasks import destination_of_call
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.values import DoneReason
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
    """Give the messages of a closed call its outcome, a few at a time."""
    item = ledger.items.get(item_id)
    settled, published = list[Message](), list[Event]()
    now_ids = item.unsettled[:SETTLED_AT_ONCE]
    found = ledger.messages.get_many(item.unsettled)
    waiting = [each for each in found if each.status is MessageStatus.HANDED_OVER]
    settling = [each for each in waiting if each.message_id in now_ids]
    # What had ended by then was not among the words of the call.
    called_at = item.done_at or clock.now()
    templates = envelopes.templates
    stale, _ = outdated_of(waiting, templates, ledger.subjects, called_at)
    _, untold = outdated_of(settling, templates, ledger.subjects, called_at)
    for message in settling:
        unsaid = OUTDATED if message.message_id in stale else _refusal(message, item, envelopes)
        after, event = _settled(message, item, unsaid)
        settled.append(after)
        published.append(event)
    if now_ids:
        rows = [ledger.messages.row(each) for each in settled]
        rows += noted_rows(untold, ledger.subjects)
        ledger.items.save(context, item.settle(now_ids), *rows, events=published)


def _refusal(message: Message, item: WorkItem, envelopes: Envelopes) -> str | None:
    """Return why a caller who has closed a call was not shown the words of a message."""
    if item.ended_by is not None or item.done_reason != DoneReason.DONE:
        return None
    found = destination_of_call(message, envelopes.as_claimed(message), envelopes)
    return found.refused if isinstance(found, Refused) else None


def _settled(message: Message, item: WorkItem, unsaid: str | None) -> tuple[Message, Event]:
    """Return a message as the call has left it: heard, not heard, or not needed any more."""
    now = clock.now()
    if item.ended_by is not None or unsaid == OUTDATED:
        count("message_outdated")
        return _withheld(message, OUTDATED)
    if unsaid is not None:
        count("message_withheld")
        return _withheld(message, unsaid)
    match item.done_reason:
        case DoneReason.DONE:
            count("message_sent")
            heard = message.mark_sent(now).mark_delivered(now)
            return heard, events.message_sent(heard, now)
        case DoneReason.UNREACHABLE:
            count("message_failed")
            failed = message.fail(NOT_REACHED)
            return failed, events.message_failed(failed)
    count("message_withheld")
    return _withheld(message, item.done_reason or "")


def _withheld(message: Message, reason: str) -> tuple[Message, Event]:
    withheld = message.withhold(reason)
    return withheld, events.message_withheld(withheld)
