"""What staff does with work items."""

from services.notifications.work_items.commands import FinishItem, ItemId
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.policy import load_authorised
from services.notifications.work_items.reactions import closed_row
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_items.values import DoneReason
from services.notifications.work_subjects.repository import WorkSubjects
from services.notifications.work_subjects.values import Mark
from shared import clock
from shared.errors import Invalid
from shared.storage.command_context import CommandContext, Receipt


def read_item(
    item_id: ItemId, context: CommandContext, items: WorkItems, subjects: WorkSubjects
) -> Receipt:
    """Say that you have seen a work item."""
    item = load_authorised(item_id, "read_item", context.actor, items)
    item.require_latest(subjects.of(item.subject))
    return items.save(context, item.read(context.actor.id, clock.now()))


def finish_item(
    item_id: ItemId,
    body: FinishItem,
    context: CommandContext,
    items: WorkItems,
    subjects: WorkSubjects,
) -> Receipt:
    """Close a work item, with the reason; most are ended by the work itself."""
    item = load_authorised(item_id, "finish_item", context.actor, items)
    item.require_latest(subjects.of(item.subject))
    context.reason = body.reason
    finished = item.finish(context.actor.id, body.reason, clock.now(), body.heard or ())
    _require_heard(item, body)
    return items.save(context, finished, closed_row(item, context.actor.id, subjects))


def reopen_item(
    item_id: ItemId, context: CommandContext, items: WorkItems, subjects: WorkSubjects
) -> Receipt:
    """Take a work item back that was marked done by mistake."""
    item = load_authorised(item_id, "reopen_item", context.actor, items)
    subject = subjects.of(item.subject)
    item.require_latest(subject)
    # What ends it now has yet to happen; its card may have moved since.
    here = item.at(subject.place_of(item.opening))
    again = here.reopen(Mark(source=item.item_id, at=clock.now()))
    return items.save(context, again, subjects.row(subject.opened(again.opening)))


def _require_heard(item: WorkItem, body: FinishItem) -> None:
    """Refuse a call that is done without a word of which news was heard."""
    is_call = item.by_phone and body.reason == DoneReason.DONE
    if is_call and body.heard is None:
        raise Invalid("heard_missing", "/heard")
    if not is_call and body.heard is not None:
        raise Invalid("heard_not_asked", "/heard")
