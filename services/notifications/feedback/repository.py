"""Rows of feedback forms: `FEEDBACK#<id>`; answered ones are listed by region."""

from datetime import timedelta

from services.notifications.feedback.domain import FeedbackForm
from services.notifications.feedback.values import FormStatus
from shared.clock import iso
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

RETENTION = timedelta(days=400)


class FeedbackForms(Repository[FeedbackForm]):
    """by_region: `REGION#<region>`, readable answers by time."""

    model = FeedbackForm
    prefix = "FEEDBACK"
    id_field = "form_id"

    def row(self, aggregate: FeedbackForm) -> Row:
        """Return the form; the list of the headquarters holds only answered ones."""
        lists: dict[Index, tuple[str, str]] = {}
        if aggregate.readable and aggregate.answered_at:
            answered = f"{answered_prefix()}{iso(aggregate.answered_at)}#{aggregate.form_id}"
            lists["by_region"] = (region_key(aggregate.region), answered)
        answered_for_good = aggregate.status is FormStatus.ANSWERED
        return self._row(
            aggregate,
            lists=lists,
            due_at=aggregate.sealed_until or aggregate.remind_at,
            expires_at=None if answered_for_good else aggregate.created_at + RETENTION,
        )


def answered_prefix() -> str:
    """Return the sort prefix of answered forms in a region's list."""
    return "answered#"
