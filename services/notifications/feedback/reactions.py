"""What is done about feedback when a family is erased, or an answer was sealed long enough."""

from services.notifications.feedback.repository import FeedbackForms
from shared import clock
from shared.events.base import Received
from shared.events.intake import FamilyErased
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


def forget_family(
    received: Received[FamilyErased], context: CommandContext, forms: FeedbackForms, vault: Vault
) -> None:
    """Erase the key of what a family said in its own words; its scores stay in the counts."""
    forms.store.commit(context, writes=vault.erase(received.event.family_id))


def open_answer(form_id: str, context: CommandContext, forms: FeedbackForms) -> None:
    """Let an answer be read to which the other side has added none."""
    form = forms.get(form_id)
    if form.sealed_until is not None and clock.now() >= form.sealed_until:
        forms.save(context, form.unseal())


DEADLINES = {FeedbackForms.prefix: open_answer}
REACTIONS = {FamilyErased: forget_family}
