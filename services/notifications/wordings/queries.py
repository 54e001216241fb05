"""What messages say, which wordings were written, and how one reads."""

from services.notifications.policy import POLICY
from services.notifications.templates.repository import Templates
from services.notifications.wordings.commands import WordingsQuery
from services.notifications.wordings.policy import WORDING, authorise_template, load_authorised
from services.notifications.wordings.repository import (
    DRAFTS,
    Wordings,
    WordingsInForce,
    template_prefix,
)
from services.notifications.wordings.values import TemplateName, WordingId
from services.notifications.wordings.views import (
    DraftedWording,
    TemplateRow,
    TemplatesView,
    TemplateView,
    WordingRow,
    WordingView,
)
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.storage.command_context import Receipt
from shared.storage.repository import Page


def list_templates(
    caller: Principal, templates: Templates, in_force: WordingsInForce
) -> TemplatesView:
    """List all messages and requests for work, with their subjects in force."""
    POLICY.require_list(caller, "list_wordings", WORDING, Partition.unassigned(caller))
    worded = in_force.all_worded(templates)
    return TemplatesView(
        items=tuple(
            TemplateRow.of_template(template) for _, template in sorted(worded.by_name.items())
        )
    )


def get_template(
    template: TemplateName, caller: Principal, templates: Templates, in_force: WordingsInForce
) -> TemplateView:
    """Show the words of a template, and which values they may name."""
    shipped = authorise_template(template, "view", caller, templates)
    return TemplateView.of_template(shipped, in_force.worded(shipped), templates.phrases)


def list_wordings(query: WordingsQuery, caller: Principal, wordings: Wordings) -> Page[WordingRow]:
    """List the wordings of a template, or all that wait for a second person; the latest first."""
    partition = Partition.unassigned(caller)
    key = POLICY.require_list(caller, "list_wordings", WORDING, partition)
    return wordings.page(
        "by_owner" if query.template else "by_region",
        key,
        WordingRow.of_wording,
        caller=caller,
        query=query,
        prefix=template_prefix(query.template) if query.template else DRAFTS,
        newest_first=True,
    )


def get_wording(
    wording_id: WordingId,
    caller: Principal,
    wordings: Wordings,
    in_force: WordingsInForce,
    templates: Templates,
) -> WordingView:
    """Show a wording as people would read it, with made-up values, and what is hard to read."""
    wording = load_authorised(wording_id, "view", caller, wordings)
    template = authorise_template(wording.template, "view", caller, templates)
    shown = wording.shown_over(in_force.wording_id(template))
    return WordingView.with_previews(shown, template, templates.phrases)


def drafted_wording_view(
    receipt: Receipt, caller: Principal, wordings: Wordings, templates: Templates
) -> DraftedWording:
    """Show who has written a wording how it reads, what is hard in it, and what it costs."""
    wording = load_authorised(receipt.id, "view", caller, wordings)
    template = authorise_template(wording.template, "view", caller, templates)
    return DraftedWording.of_draft(wording, template, templates.phrases)
