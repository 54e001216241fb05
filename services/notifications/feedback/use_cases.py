"""What a person does with a feedback form."""

from services.notifications.ended_links.repository import EndedLinksRepository
from services.notifications.feedback import events
from services.notifications.feedback.commands import AnswerForm
from services.notifications.feedback.domain import FeedbackForm
from services.notifications.feedback.policy import is_in_call, load_by_link
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.feedback.values import FormStatus
from services.notifications.feedback.vault_records import seal_words
from services.notifications.questionnaires import page
from services.notifications.questionnaires.repository import Questionnaires, codes_of
from services.notifications.questionnaires.values import Given
from services.notifications.templates.values import Audience
from shared import clock
from shared.api.inputs import Request
from shared.api.pages import HtmlPage
from shared.errors import Invalid, VersionConflict
from shared.identity.signed_links import LinkText
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt
from shared.storage.rows import Row, UniqueName
from shared.storage.transaction import NameTaken


def answer_form(
    link: LinkText,
    body: AnswerForm,
    request: Request,
    context: CommandContext,
    forms: FeedbackForms,
    ended: EndedLinksRepository,
    questionnaires: Questionnaires,
    vault: Vault,
) -> Receipt:
    """Answer the questions behind a one-time link, once."""
    form, person = load_by_link(link, request.source_address, forms, ended)
    form.require_open(clock.now())
    asked = questionnaires.get(form.form, form.questionnaire_version)
    for fault in asked.faults(body.root, codes_of(asked)):
        raise Invalid(fault.code, f"/{fault.question}", known=", ".join(fault.known))
    return _answer(form, asked.given(body.root), person, context, forms, vault)


def answer_form_page(
    link: LinkText,
    request: Request,
    context: CommandContext,
    forms: FeedbackForms,
    ended: EndedLinksRepository,
    questionnaires: Questionnaires,
    vault: Vault,
) -> HtmlPage:
    """Answer the questions of the page; what does not fit is asked again beside its question."""
    form, person = load_by_link(link, request.source_address, forms, ended)
    form.require_open(clock.now())
    asked = questionnaires.get(form.form, form.questionnaire_version)
    answers = page.answers_of(request, asked)
    faults = asked.faults(answers, codes_of(asked))
    if faults:
        return page.of_questions(asked, answers, faults)
    _answer(form, asked.given(answers), person, context, forms, vault)
    return page.of_thanks(asked)


def _answer(
    form: FeedbackForm,
    given: Given,
    person: Principal,
    context: CommandContext,
    forms: FeedbackForms,
    vault: Vault,
) -> Receipt:
    answered = form.answer(given.answers, bool(given.words), is_in_call(person), clock.now())
    other = forms.find(form.counterpart) if form.counterpart else None
    also, first = list[Row](), list[UniqueName]()
    if other is not None and other.status is FormStatus.ANSWERED:
        answered = answered.unseal()
        also = [] if other.readable else [forms.row(other.unseal())]
    elif form.counterpart is not None:
        of_family = form.form_id if form.audience is Audience.FAMILY else form.counterpart
        first = [UniqueName(f"feedback_pair#{of_family}", form.form_id, form.expires_at)]
    context.actor = person
    try:
        return forms.save(
            context,
            answered,
            *also,
            events=events.answered(answered),
            unique=first,
            writes=seal_words(form, given.words, vault),
        )
    except NameTaken:
        raise VersionConflict from None  # the other side has answered meanwhile: open both
