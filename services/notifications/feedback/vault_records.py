"""The sealed comment of a family, under the family's own key."""

from services.notifications.feedback.domain import FeedbackForm
from services.notifications.feedback.repository import FeedbackForms
from shared.principal import Principal
from shared.privacy.vault import RecordFields, Vault
from shared.storage.rows import RawWrite

COMMENT = "comment"
PURPOSE = "care_feedback"


def seal_comment(form: FeedbackForm, comment: str, vault: Vault) -> list[RawWrite]:
    """Return the rows that keep a comment."""
    return vault.seal(form.family_id, _record(form), {COMMENT: comment})


def open_comment(form: FeedbackForm, caller: Principal, vault: Vault) -> str | None:
    """Open the comment, which is recorded; None when its family was erased."""
    wanted = RecordFields(form.family_id, _record(form), (COMMENT,))
    (opened,) = vault.open_many([wanted], caller, PURPOSE)
    return (opened or {}).get(COMMENT)


def _record(form: FeedbackForm) -> str:
    return f"{FeedbackForms.prefix}#{form.form_id}"
