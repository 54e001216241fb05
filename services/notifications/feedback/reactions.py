"""What is done about a form when its person is erased, or when it is due."""

from services.notifications.feedback import events
from services.notifications.feedback.repository import FeedbackForms
from shared import clock
from shared.events.base import Received
from shared.events.cards import CardErased
from shared.events.intake import FamilyErased
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


def forget_family(
    received: Received[FamilyErased], context: CommandContext, forms: FeedbackForms, vault: Vault
) -> None:
    """Erase the key of what a family said in its own words; its scores stay in the counts."""
    forms.store.commit(context, writes=vault.erase(received.event.family_id))


def forget_holder(
    received: Received[CardErased], context: CommandContext, forms: FeedbackForms, vault: Vault
) -> None:
    """Erase the key of what a card's holder said in their own words."""
    forms.store.commit(context, writes=vault.erase(received.event.card_id))


def act_when_due(form_id: str, context: CommandContext, forms: FeedbackForms) -> None:
    """Open an answer to which the other side has added none; remind who has not answered."""
    form, now = forms.get(form_id), clock.now()
    if form.sealed_until is not None and now >= form.sealed_until:
        forms.save(context, form.unseal())
    elif form.remind_at is not None and now >= form.remind_at:
        forms.save(context, form.remind(), events=[events.unanswered(form)])


DEADLINES = {FeedbackForms.prefix: act_when_due}
REACTIONS = {FamilyErased: forget_family, CardErased: forget_holder}
