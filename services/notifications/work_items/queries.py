"""The work inbox: what staff should do next."""

from services.notifications.templates.repository import Templates
from services.notifications.wordings.repository import WordingsInForce
from services.notifications.work_items.commands import InboxCountsQuery, InboxQuery
from services.notifications.work_items.policy import authorised_listing
from services.notifications.work_items.repository import WorkItems
from services.notifications.work_items.views import InboxCounts, WorkItemView, item_view
from shared import clock
from shared.principal import Principal
from shared.storage.repository import Page

MOST_COUNTED = 1000


def list_inbox(
    query: InboxQuery,
    caller: Principal,
    items: WorkItems,
    templates: Templates,
    in_force: WordingsInForce,
) -> Page[WorkItemView]:
    """Show what your role should do next: the urgent first, then by due time."""
    found = authorised_listing(caller, query, done=query.done)
    worded = in_force.all_worded(templates)
    return items.page(
        found.index,
        found.partition,
        lambda item: item_view(item, worded, climbed=query.climbed),
        caller=caller,
        query=query,
        prefix=found.prefix,
        newest_first=query.done,
    )


def count_inbox(query: InboxCountsQuery, caller: Principal, items: WorkItems) -> InboxCounts:
    """Count what waits for your role, up to a thousand items."""
    found = authorised_listing(caller, query)
    waiting = items.list_all(
        found.index, found.partition, prefix=found.prefix, most=MOST_COUNTED + 1
    )
    return InboxCounts.of_items(waiting[:MOST_COUNTED], clock.now(), len(waiting) > MOST_COUNTED)
