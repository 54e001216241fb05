"""A feedback form: four questions, one family, one answer, no name."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.notifications.feedback.values import FormStatus, NeedsMet
from shared.domain import StatefulAggregate
from shared.errors import IllegalStep, NotFound

CARE_FEEDBACK = "care_feedback"
# What a one-time link to a form is signed for.
LINK_PURPOSE = "feedback"
LIFETIME = timedelta(days=60)
LOW_SCORE = 2


class FeedbackForm(StatefulAggregate):
    """A form that was prepared for one family at one point of its care.

    The comment is kept in the vault, under the family's own key.
    """

    STEPS: ClassVar = {
        FormStatus.PREPARED: {"send": FormStatus.SENT, "answer": FormStatus.ANSWERED},
        FormStatus.SENT: {"answer": FormStatus.ANSWERED},
        FormStatus.ANSWERED: {},
    }
    REFUSAL: ClassVar = "form_answered"

    form_id: str
    form: str = CARE_FEEDBACK
    message_id: str
    case_id: str
    family_id: str
    match_id: str
    guardian_id: str
    region: str
    occasion: str
    status: FormStatus = FormStatus.PREPARED
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    score: int | None = None
    needs_met: NeedsMet | None = None
    wants_call: bool | None = None
    commented: bool | None = None

    @property
    def low(self) -> bool:
        """Whether the headquarters should call at once."""
        return self.score is not None and self.score <= LOW_SCORE

    def send(self, now: datetime) -> Self:
        """Record when the family got the link, the first time."""
        if "send" not in self.next_steps:
            return self
        return self._with(status=FormStatus.SENT, sent_at=now)

    def require_open(self, now: datetime) -> None:
        """Refuse a form that is answered or has expired."""
        self._require("answer")
        if now >= self.expires_at:
            raise IllegalStep("form_expired")

    def answer(
        self, score: int, needs_met: NeedsMet, wants_call: bool, commented: bool, now: datetime
    ) -> Self:
        """Record the family's only answer."""
        self.require_open(now)
        return self._with(
            status=FormStatus.ANSWERED,
            answered_at=now,
            score=score,
            needs_met=needs_met,
            wants_call=wants_call,
            commented=commented,
        )

    def require_answer(self) -> None:
        """Refuse a form that has no answer to show yet."""
        if self.status is not FormStatus.ANSWERED:
            raise NotFound("feedback", self.form_id)
