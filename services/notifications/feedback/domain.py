"""A feedback form: four questions, one family, one answer, no name."""

from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel

from shared.domain import CodeEnum
from shared.errors import IllegalStep, NotFound

CARE_FEEDBACK = "care_feedback"
LIFETIME = timedelta(days=60)
LOW_SCORE = 2


class Status(CodeEnum, of="feedback_form_status"):
    """How far the form is."""

    PREPARED = "prepared"
    SENT = "sent"
    ANSWERED = "answered"


class NeedsMet(CodeEnum, of="feedback_needs_met"):
    """Whether the help was the help that was needed."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class FeedbackForm(BaseModel, frozen=True):
    """A form that was prepared for one family at one point of its care.

    The comment is not here but in the vault, under the family's own key.
    """

    form_id: str
    form: str = CARE_FEEDBACK
    message_id: str
    case_id: str
    match_id: str
    guardian_id: str
    region: str
    occasion: str
    status: Status = Status.PREPARED
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    score: int | None = None
    needs_met: NeedsMet | None = None
    wants_call: bool | None = None
    commented: bool | None = None
    version: int = 0

    def sent(self, now: datetime) -> Self:
        """The family has the link."""
        if self.status is not Status.PREPARED:
            return self
        return self.model_copy(update={"status": Status.SENT, "sent_at": now})

    def opened(self, now: datetime) -> Self:
        """The form itself, if it may still be answered."""
        if self.status is Status.ANSWERED:
            raise IllegalStep("form_answered")
        if now >= self.expires_at:
            raise IllegalStep("form_expired")
        return self

    def answered(
        self, score: int, needs_met: NeedsMet, wants_call: bool, commented: bool, now: datetime
    ) -> Self:
        """The family's only answer."""
        return self.opened(now).model_copy(
            update={
                "status": Status.ANSWERED,
                "answered_at": now,
                "score": score,
                "needs_met": needs_met,
                "wants_call": wants_call,
                "commented": commented,
            }
        )

    @property
    def low(self) -> bool:
        """Whether headquarters should call at once."""
        return self.score is not None and self.score <= LOW_SCORE

    def require_answer(self) -> None:
        """Only an answered form has an answer to show."""
        if self.status is not Status.ANSWERED:
            raise NotFound("feedback", self.form_id)
