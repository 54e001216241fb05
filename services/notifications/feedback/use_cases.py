"""What a family does with its feedback form."""

from services.notifications.feedback import events
from services.notifications.feedback.commands import AnswerForm, LinkText
from services.notifications.feedback.policy import load_by_link
from services.notifications.feedback.repository import FeedbackForms
from services.notifications.feedback.vault_records import seal_comment
from shared import clock
from shared.api.inputs import Request
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext, Receipt


def answer_form(
    link: LinkText,
    body: AnswerForm,
    request: Request,
    context: CommandContext,
    forms: FeedbackForms,
    vault: Vault,
) -> Receipt:
    """Answer the questions behind a one-time link, once."""
    form, family = load_by_link(link, request.source_address, forms)
    answered = form.answer(
        body.score, body.needs_met, body.wants_call, bool(body.comment), clock.now()
    )
    sealed = seal_comment(form, body.comment, vault) if body.comment else []
    context.actor = family
    return forms.save(context, answered, events=events.answered(answered), writes=sealed)
