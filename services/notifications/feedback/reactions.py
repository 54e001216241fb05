"""What is done about feedback when a family is erased."""

from services.notifications.feedback.repository import FeedbackForms
from shared.events.base import Received
from shared.events.intake import FamilyErased
from shared.privacy.vault import Vault
from shared.storage.command_context import CommandContext


def forget_family(
    received: Received[FamilyErased], context: CommandContext, forms: FeedbackForms, vault: Vault
) -> None:
    """Erase the key of what a family said in its own words; its scores stay in the counts."""
    forms.store.commit(context, writes=vault.erase(received.event.family_id))


REACTIONS = {FamilyErased: forget_family}
