"""What a person says in words, sealed under the person's own key."""

from collections.abc import Mapping, Sequence

from services.notifications.feedback.domain import FeedbackForm
from services.notifications.feedback.repository import FeedbackForms
from shared.principal import Principal
from shared.privacy.vault import RecordFields, Vault
from shared.storage.rows import RawWrite

PURPOSE = "care_feedback"


def seal_words(form: FeedbackForm, words: Mapping[str, str], vault: Vault) -> list[RawWrite]:
    """Return the rows that keep a person's words, by question."""
    return vault.seal(form.subject, _record(form), words) if words else []


def open_words(
    form: FeedbackForm, questions: Sequence[str], caller: Principal, vault: Vault
) -> dict[str, str]:
    """Open a person's words, which is recorded; nothing when the person was erased."""
    wanted = RecordFields(form.subject, _record(form), tuple(questions))
    (opened,) = vault.open_many([wanted], caller, PURPOSE)
    return opened or {}


def _record(form: FeedbackForm) -> str:
    return f"{FeedbackForms.prefix}#{form.form_id}"
