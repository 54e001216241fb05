"""The questions behind a link, and the answers that headquarters reads."""

from services.notifications.ended_links.repository import EndedLinksRepository
from services.notifications.feedback.commands import FormId
from services.notifications.feedback.policy import (
    FEEDBACK,
    is_own,
    load_authorised,
    load_by_link,
)
from services.notifications.feedback.repository import FeedbackForms, answered_prefix
from services.notifications.feedback.vault_records import open_words
from services.notifications.feedback.views import AnswerView, FormView
from services.notifications.policy import POLICY
from services.notifications.questionnaires import page
from services.notifications.questionnaires.repository import Questionnaires
from services.notifications.questionnaires.values import QuestionKind
from shared import clock
from shared.api.inputs import Request
from shared.api.models import RegionQuery
from shared.api.pages import HtmlPage
from shared.identity.partitions import Partition
from shared.identity.signed_links import LinkText
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page


def open_form(
    link: LinkText,
    request: Request,
    forms: FeedbackForms,
    ended: EndedLinksRepository,
    questionnaires: Questionnaires,
) -> FormView:
    """Show the questions behind a one-time link, for a bot."""
    form, _ = load_by_link(link, request.source_address, forms, ended)
    form.require_open(clock.now())
    return FormView.of_form(form, questionnaires.get(form.form, form.questionnaire_version))


def show_form_page(
    link: LinkText,
    request: Request,
    forms: FeedbackForms,
    ended: EndedLinksRepository,
    questionnaires: Questionnaires,
) -> HtmlPage:
    """Show the questions behind a one-time link as a page; opening it changes nothing."""
    form, _ = load_by_link(link, request.source_address, forms, ended)
    form.require_open(clock.now())
    return page.of_questions(questionnaires.get(form.form, form.questionnaire_version))


def list_answers(query: RegionQuery, caller: Principal, forms: FeedbackForms) -> Page[AnswerView]:
    """Show how people of your region rate the help; that of your own organisation without marks."""
    partition = Partition.of_region(caller, query.region)
    return forms.page(
        "by_region",
        POLICY.require_list(caller, "list_answers", FEEDBACK, partition),
        lambda form: AnswerView.of_form(form, own=is_own(form, caller)),
        caller=caller,
        query=query,
        prefix=answered_prefix(),
        newest_first=True,
    )


def get_answer(
    form_id: FormId,
    caller: Principal,
    forms: FeedbackForms,
    vault: Vault,
    questionnaires: Questionnaires,
) -> AnswerView:
    """Read one answer with its words; of your own organisation another colleague does."""
    form = load_authorised(form_id, "read_answer", caller, forms)
    form.require_answer()
    asked = questionnaires.get(form.form, form.questionnaire_version).questions
    in_words = [each.code for each in asked if each.kind is QuestionKind.WORDS]
    words = open_words(form, in_words, caller, vault) if form.commented else {}
    return AnswerView.of_form(form, words)
