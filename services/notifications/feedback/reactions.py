"""What is done about a form when its person is erased, or when it is due."""

from collections.abc import Callable
from typing import Any

from services.notifications.feedback import events
from services.notifications.feedback.repository import FeedbackForms
from shared import clock
from shared.events.base import Event, Received
from shared.events.cards import CardErased
from shared.events.intake import FamilyErased
from shared.events.matching_guardians import GuardianContactErased
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


def forget_words(
    received: Received[Any], context: CommandContext, forms: FeedbackForms, vault: Vault
) -> None:
    """Erase the key of what a person said in its own words; its scores stay in the counts."""
    subject: str = getattr(received.event, _SUBJECTS[type(received.event)])
    forms.store.commit(context, writes=vault.erase(subject))


def act_when_due(form_id: str, context: CommandContext, forms: FeedbackForms) -> None:
    """Open an answer to which the other side has added none; remind who has not answered."""
    form, now = forms.get(form_id), clock.now()
    if form.sealed_until is not None and now >= form.sealed_until:
        forms.save(context, form.unseal())
    elif form.remind_at is not None and now >= form.remind_at:
        forms.save(context, form.remind(), events=[events.unanswered(form)])


# Who is forgotten after which event, as forms name them.
_SUBJECTS: dict[type[Event], str] = {
    FamilyErased: "family_id",
    CardErased: "card_id",
    GuardianContactErased: "guardian_id",
}
DEADLINES = {FeedbackForms.prefix: act_when_due}
REACTIONS: dict[type[Event], Callable[..., None]] = dict.fromkeys(_SUBJECTS, forget_words)
