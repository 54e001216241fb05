"""What goes out about work items."""

from datetime import datetime

from services.notifications.templates.repository import Templates
from services.notifications.templates.values import RenderedText
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.values import WorkItemStatus
from shared.api.models import View
from shared.reference.regions import region


class WorkItemView(View):
    """A task of a role; its title and text are made from codes on request and name no person."""

    item_id: str
    version: int
    status: WorkItemStatus
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


def item_view(item: WorkItem, templates: Templates) -> WorkItemView:
    """Return a work item with its title and text."""
    rendered = _render(item, templates)
    return WorkItemView.of(item, title=rendered.subject, text=rendered.text)


def _render(item: WorkItem, templates: Templates) -> RenderedText:
    template = templates.by_name[item.template]
    if item.by_phone:
        return template.render_phone_task(templates.phrases)
    where = region(item.region)
    return template.render(
        item.variant,
        templates.phrases,
        zone=where.zone,
        facts=item.facts,
        districts=where.district_names,
        variables={},
        links={},
    )
