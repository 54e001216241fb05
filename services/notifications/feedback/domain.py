"""A feedback form: a questionnaire for one person at one point, answered once, without a name."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.notifications.feedback.values import FormStatus
from services.notifications.questionnaires.values import Answer
from services.notifications.templates.values import Audience
from shared.domain import StatefulAggregate
from shared.errors import Gone, NotFound

# What a one-time link to a form is signed for.
LINK_PURPOSE = "feedback"
# … of one for the colleague who asks the questions in a call and enters what the person says.
CALL_PURPOSE = "feedback_call"
LIFETIME = timedelta(days=30)
# A link outlives its form, so that who comes late is told so.
LINK_LIFETIME = timedelta(days=400)
SEALED_FOR = timedelta(days=7)
LOW_SCORE = 2


class FeedbackForm(StatefulAggregate):
    """A form that was prepared for one person, who got the message about `reference`.

    Words are in the vault, under the person's own key. `counterpart` is the form about the same
    time for the other side of a match: neither answer is read before the other one is there, or
    seven days have passed; who is unhappy or wants a call is heard at once. Who does not answer is
    reminded once, where the questionnaire says after how many days.
    """

    STEPS: ClassVar = {
        FormStatus.PREPARED: {"send": FormStatus.SENT, "answer": FormStatus.ANSWERED},
        FormStatus.SENT: {"answer": FormStatus.ANSWERED, "remind": None},
        FormStatus.ANSWERED: {},
    }

    form_id: str
    form: str
    questionnaire_version: int
    message_id: str
    reference: str
    subject: str
    case_id: str | None = None
    family_id: str | None = None
    match_id: str | None = None
    guardian_id: str | None = None
    card_id: str | None = None
    region: str
    district_id: str | None = None
    occasion: str
    counterpart: str | None = None
    status: FormStatus = FormStatus.PREPARED
    created_at: datetime
    expires_at: datetime
    sent_at: datetime | None = None
    remind_after_days: int | None = None
    remind_at: datetime | None = None
    answered_at: datetime | None = None
    sealed_until: datetime | None = None
    answers: Mapping[str, Answer] = {}
    commented: bool = False
    in_call: bool = False

    @property
    def audience(self) -> Audience:
        """Whose words its answer has."""
        of_others = {self.guardian_id: Audience.GUARDIAN, self.card_id: Audience.HOLDER}
        return of_others.get(self.subject, Audience.FAMILY)

    @property
    def score(self) -> int:
        """The mark from 1 to 5 that each questionnaire begins with."""
        return int(self.answers["score"])

    @property
    def wants_call(self) -> bool:
        """Whether the person asks for a call."""
        return bool(self.answers.get("wants_call"))

    @property
    def needs_met(self) -> str | None:
        """Whether the help was what was needed, where that is asked."""
        said = self.answers.get("needs_met")
        return None if said is None else str(said)

    @property
    def marks(self) -> dict[str, int]:
        """The marks by question."""
        return {
            code: said
            for code, said in self.answers.items()
            if isinstance(said, int) and not isinstance(said, bool)
        }

    @property
    def pair(self) -> str | None:
        """What both sides of a match answer about: the match and the occasion."""
        return f"{self.match_id}.{self.occasion}" if self.match_id else None

    @property
    def low(self) -> bool:
        """Whether the headquarters should call at once."""
        return self.score <= LOW_SCORE

    @property
    def readable(self) -> bool:
        """Whether there is an answer that may be read."""
        return self.status is FormStatus.ANSWERED and self.sealed_until is None

    def send(self, now: datetime) -> Self:
        """Record when the person got the link, the first time."""
        self._require("send")
        days = self.remind_after_days
        remind_at = None if days is None else now + timedelta(days=days)
        return self._with(status=FormStatus.SENT, sent_at=now, remind_at=remind_at)

    def remind(self) -> Self:
        """Record that the person is reminded, which happens once."""
        self._require("remind")
        return self._with(remind_at=None)

    def require_open(self, now: datetime) -> None:
        """Refuse a form that is answered or has expired; raises Gone."""
        if self.status is FormStatus.ANSWERED:
            raise Gone("form_answered", region=self.region)
        if now >= self.expires_at:
            raise Gone("form_expired", region=self.region)

    def answer(
        self, answers: Mapping[str, Answer], commented: bool, in_call: bool, now: datetime
    ) -> Self:
        """Record the person's only answer; `in_call` says that a colleague has entered it."""
        self.require_open(now)
        answered = self._with(
            status=FormStatus.ANSWERED,
            answered_at=now,
            answers=dict(answers),
            commented=commented,
            in_call=in_call,
            remind_at=None,
        )
        heard = self.counterpart is None or answered.low or answered.wants_call
        return answered if heard else answered._with(sealed_until=now + SEALED_FOR)

    def unseal(self) -> Self:
        """Let the answer be read."""
        return self._with(sealed_until=None)

    def require_answer(self) -> None:
        """Refuse a form that has no answer to show yet."""
        if not self.readable:
            raise NotFound("feedback")
