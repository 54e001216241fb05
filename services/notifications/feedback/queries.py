"""The questions behind a link, and the answers that headquarters reads."""

from services.notifications.feedback.commands import FormId, LinkText
from services.notifications.feedback.policy import FEEDBACK, load_authorised, load_by_link
from services.notifications.feedback.repository import FeedbackForms, answered_prefix
from services.notifications.feedback.values import NeedsMet
from services.notifications.feedback.vault_records import open_comment
from services.notifications.feedback.views import AnswerView, FormView
from services.notifications.policy import POLICY
from services.notifications.templates.repository import Templates
from shared import clock
from shared.api.inputs import Request
from shared.api.models import RegionQuery
from shared.identity.partitions import Partition
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.reference import code_lists
from shared.storage.repository import Page


def open_form(
    link: LinkText, request: Request, forms: FeedbackForms, templates: Templates
) -> FormView:
    """Show the questions behind a one-time link."""
    form, _ = load_by_link(link, request.source_address, forms)
    form.require_open(clock.now())
    choices = code_lists.choices(NeedsMet.code_list)
    return FormView.of_form(form, templates.phrases.feedback, choices)


def list_answers(query: RegionQuery, caller: Principal, forms: FeedbackForms) -> Page[AnswerView]:
    """Show how families of your region rate the help."""
    partition = Partition.of_region(caller, query.region)
    return forms.page(
        "by_region",
        POLICY.require_list(caller, "list_answers", FEEDBACK, partition),
        AnswerView.of_form,
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=answered_prefix(),
        newest_first=True,
    )


def get_answer(
    form_id: FormId, caller: Principal, forms: FeedbackForms, vault: Vault
) -> AnswerView:
    """Read one answer with its comment."""
    form = load_authorised(form_id, "view", caller, forms)
    form.require_answer()
    comment = open_comment(form, caller, vault) if form.commented else None
    return AnswerView.of_form(form, comment)
