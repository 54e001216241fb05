"""What goes out about work items."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from services.notifications.templates import wording
from services.notifications.templates.repository import Templates
from services.notifications.templates.values import Audience, RenderedText
from services.notifications.work_items.domain import WorkItem
from services.notifications.work_items.values import WorkItemStatus
from shared import clock
from shared.api.models import View
from shared.domain import CodeOf
from shared.reference import code_lists
from shared.reference.regions import region, zone_at

# Roles as the list of audiences names them; people are messages' alone, and have none.
_AUDIENCES = {each.role: each for each in Audience if each.role is not None}


class WorkItemView(View):
    """A task of a role; its title and text are made from codes on request and name no person.

    `ended_by` is the event that says the work is done; a person gave the reason otherwise. An
    office does not see it: that would say whether a holder uses the card. `asked` is whose work it
    is, `climbed_to` who above has heard that it is left undone.

    `reference` is read by its id. In intake: `cas_…` at `/v1/cases/{id}`, `req_…` at
    `/v1/requests/{id}`, `fam_…` at `/v1/families/{id}`, `cbk_…` at `/v1/call-backs/{id}`, `hov_…`
    at `/v1/hand-overs/{id}`, `trf_…` at `/v1/caseload-transfers/{id}`. In matching: `gua_…` at
    `/v1/guardians/{id}`, `mat_…` at `/v1/matches/{id}`, `mdn_…` at `/v1/mediations/{id}`, `sto_…`
    at `/v1/stories/{id}`, `vol_…` at `/v1/volunteers/{id}`, `tsk_…` at `/v1/volunteer-tasks/{id}`,
    `rsc_…` at `/v1/resources/{id}`. In cards: `crd_…` at `/v1/cards/{id}`, `par_…` at
    `/v1/partners/{id}`, `bat_…` at `/v1/batches/{id}`. Here: `whe_…` at
    `/v1/webhook-endpoints/{id}`. An office finds a family in `/v1/shared-families` of intake.
    """

    item_id: str
    version: int
    status: WorkItemStatus
    kind: Annotated[str, CodeOf("work_kind")]
    asked: Audience
    climbed_to: Audience | None
    urgent: bool
    due_at: datetime
    title: str
    text: str
    template: str
    reference: str
    region: str
    district_id: str | None
    created_at: datetime
    read_by: str | None
    done_by: str | None
    done_at: datetime | None
    done_reason: Annotated[str, CodeOf("work_done_reason")] | None
    ended_by: str | None


class InboxCounts(View):
    """How much waits; with `more` there is more than was counted."""

    open: int
    unread: int
    urgent: int
    overdue: int
    more: bool

    @classmethod
    def of_items(cls, waiting: Sequence[WorkItem], now: datetime, more: bool) -> Self:
        """Count open items."""
        return cls(
            open=len(waiting),
            unread=sum(item.status is WorkItemStatus.NEW for item in waiting),
            urgent=sum(item.urgent for item in waiting),
            overdue=sum(item.due_at <= now for item in waiting),
            more=more,
        )


def item_view(item: WorkItem, templates: Templates, *, climbed: bool = False) -> WorkItemView:
    """Return a work item with its title and text, to those above with whose it is."""
    said, asked = _render(item, templates), _AUDIENCES[item.role]
    if climbed:
        said = templates.phrases.tell_above(said, code_lists.labels("message_audience")[asked])
    if item.urgent:
        said = templates.phrases.urge(said)
    return WorkItemView.of(
        item,
        title=said.subject,
        text=said.text,
        asked=asked,
        climbed_to=item.climbed_to and _AUDIENCES[item.climbed_to],
        ended_by=None if asked is Audience.OFFICE else item.ended_by,
    )


def _render(item: WorkItem, templates: Templates) -> RenderedText:
    news = [templates.by_name[each].subject for each in item.news if each in templates.by_name]
    if news:
        return templates.phrases.phone_task.render(news)
    try:
        return _worded(item, templates)
    except wording.UnfitWords:
        # A later release has other words; what is to be done is done all the same.
        kind = code_lists.labels("work_kind").get(item.kind, item.kind)
        return RenderedText(subject=kind, text=kind)


def _worded(item: WorkItem, templates: Templates) -> RenderedText:
    template = templates.of(item.template, item.variant)
    if template is None:
        raise wording.UnfitWords(item.template, item.variant)
    return wording.render(
        template,
        item.variant,
        templates.phrases,
        now=clock.now().astimezone(zone_at(item.region, item.district_id)),
        facts=item.facts,
        districts=region(item.region).district_names,
        variables={},
        links={},
    )
