"""Which change of a form publishes which event."""

from services.notifications.feedback.domain import FeedbackForm
from shared.events.base import Event
from shared.events.notifications import (
    FeedbackLinkSent,
    FeedbackReceived,
    FormUnanswered,
    LowScoreReceived,
)


def link_sent(form: FeedbackForm) -> FeedbackLinkSent:
    """Return the event of a form whose link the family has."""
    return FeedbackLinkSent.model_validate(form.model_dump())


def unanswered(form: FeedbackForm) -> FormUnanswered:
    """Return the event of a form whose person is reminded."""
    return FormUnanswered.model_validate(form.model_dump() | {"audience": form.audience})


def answered(form: FeedbackForm) -> list[Event]:
    """Return the events of an answer; a low score has one of its own."""
    fields = form.model_dump() | {
        "score": form.score,
        "pair": form.pair,
        "marks": form.marks,
        "needs_met": form.needs_met,
        "wants_call": form.wants_call,
    }
    low = [LowScoreReceived.model_validate(fields)] if form.low else []
    return [FeedbackReceived.model_validate(fields), *low]
