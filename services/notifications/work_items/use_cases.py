"""The work inbox: staff reads what to do next and marks it done."""

from datetime import datetime

from pydantic import BaseModel

from services.notifications.desk import Desk
from services.notifications.templates.domain import Catalogue, Rendered
from services.notifications.work_items.domain import Status, WorkItem
from services.notifications.work_items.repository import FEDERAL_ROLES, list_prefix
from shared import clock
from shared.identity.partitions import Partition
from shared.identity.policy import Policy, Resource
from shared.principal import Principal
from shared.reference.regions import region
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.repository import Page


class WorkItemView(BaseModel):
    """One thing to do: the words are made now, from codes, and name nobody."""

    item_id: str
    version: int
    status: Status
    urgent: bool
    title: str
    text: str
    template: str
    reference: str
    region: str
    created_at: datetime
    read_by: str | None
    done_by: str | None
    done_at: datetime | None


def list_inbox(
    caller: Principal,
    policy: Policy,
    desk: Desk,
    *,
    region_code: str | None,
    done: bool,
    limit: int,
    cursor: str | None,
) -> Page[WorkItemView]:
    """What the caller's role should do next in the caller's territory, newest first."""
    federal = caller.role in FEDERAL_ROLES
    partition = (
        Partition.unassigned(caller) if federal else Partition.of_region(caller, region_code)
    )
    key = policy.require_list(caller, "list_inbox", "WorkItem", partition)
    return desk.items.page(
        "by_region",
        key,
        lambda item: view(item, desk.catalogue),
        caller=caller,
        limit=limit,
        cursor=cursor,
        prefix=list_prefix(caller.role, done),
        newest_first=True,
    )


def read_item(item_id: str, context: CommandContext, policy: Policy, desk: Desk) -> Receipt:
    """Somebody has seen it."""
    item = _allowed(item_id, "read_item", context, policy, desk)
    return desk.items.save(context, item.read(context.actor.id, clock.now()))


def finish_item(item_id: str, context: CommandContext, policy: Policy, desk: Desk) -> Receipt:
    """The work is done."""
    item = _allowed(item_id, "finish_item", context, policy, desk)
    return desk.items.save(context, item.done(context.actor.id, clock.now()))


def reopen_item(item_id: str, context: CommandContext, policy: Policy, desk: Desk) -> Receipt:
    """It was marked done by mistake."""
    item = _allowed(item_id, "reopen_item", context, policy, desk)
    return desk.items.save(context, item.reopened())


def _allowed(
    item_id: str, action: str, context: CommandContext, policy: Policy, desk: Desk
) -> WorkItem:
    item = desk.items.get(item_id)
    policy.require(context.actor, action, resource(item))
    return item


def resource(item: WorkItem) -> Resource:
    """The item as the policy sees it."""
    return Resource(
        "WorkItem", item.item_id, region=item.region, status=item.status, more={"role": item.role}
    )


def view(item: WorkItem, catalogue: Catalogue) -> WorkItemView:
    """The item in words."""
    words = _call(item, catalogue) if item.by_phone else _words(item, catalogue)
    shown = item.model_dump() | {"title": words.subject, "text": words.text}
    return WorkItemView.model_validate(shown)


def _words(item: WorkItem, catalogue: Catalogue) -> Rendered:
    where = region(item.region)
    return catalogue.render(
        catalogue.by_name[item.template],
        item.variant,
        zone=where.zone,
        facts=item.facts,
        districts=where.district_names,
        variables={},
        lines={},
    )


def _call(item: WorkItem, catalogue: Catalogue) -> Rendered:
    return catalogue.phone_task(catalogue.by_name[item.template])
