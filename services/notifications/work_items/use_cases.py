"""What staff does with work items."""

from services.notifications.work_items.commands import ItemId
from services.notifications.work_items.policy import load_authorised
from services.notifications.work_items.repository import WorkItems
from shared import clock
from shared.storage.command_context import CommandContext, Receipt


def read_item(item_id: ItemId, context: CommandContext, items: WorkItems) -> Receipt:
    """Say that you have seen a work item."""
    item = load_authorised(item_id, "read_item", context.actor, items)
    return items.save(context, item.read(context.actor.id, clock.now()))


def finish_item(item_id: ItemId, context: CommandContext, items: WorkItems) -> Receipt:
    """Say that the work is done."""
    item = load_authorised(item_id, "finish_item", context.actor, items)
    return items.save(context, item.finish(context.actor.id, clock.now()))


def reopen_item(item_id: ItemId, context: CommandContext, items: WorkItems) -> Receipt:
    """Take a work item back that was marked done by mistake."""
    item = load_authorised(item_id, "reopen_item", context.actor, items)
    return items.save(context, item.reopen())
