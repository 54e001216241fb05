"""Checks, trainings, meetings and consents: each record says who made it and never changes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Self

from services.matching.organisations.values import CheckCode
from shared.domain import CodeEnum, CodeOf, ValueObject


class TrainingSource(CodeEnum, of="training_source"):
    """Who says that the training was taken; never the guardian itself."""

    PLATFORM = "platform"
    HEADQUARTERS = "headquarters"


class Side(CodeEnum, of="participation_side"):
    """Whose consent an agreement on taking part needs."""

    GUARDIAN = "guardian"
    HEADQUARTERS = "headquarters"


class Check(ValueObject):
    """One check of an organisation; a later one of the same code supersedes it."""

    code: CheckCode
    passed: bool
    checked_on: date
    evidence_ref: str
    recorded_by: str
    recorded_at: datetime


class Training(ValueObject):
    """The initial online training, proved by a certificate of the platform."""

    course: Annotated[str, CodeOf("training_course")]
    completed_on: date
    certificate_ref: str
    source: TrainingSource
    recorded_by: str

    def says(self, facts: Mapping[str, object]) -> bool:
        """Return whether it is a training of just these facts."""
        return facts.items() <= self.model_dump().items()

    def is_news_after(self, before: Self | None) -> bool:
        """Return whether it is another training than the last, not a colleague's certificate."""
        if before is None:
            return True
        return (self.course, self.completed_on) != (before.course, before.completed_on)


class Meeting(ValueObject):
    """An interview or a briefing at the regional headquarters."""

    held_on: date
    by: str
    result: Annotated[str, CodeOf("interview_result")] = "passed"


class Consent(ValueObject):
    """The consent of one side to the text that it was shown."""

    by: str
    at: datetime


class ParticipationAgreement(ValueObject):
    """The text that a guardian and one regional headquarters agree on, by version and hash."""

    region: str
    template_version: str
    text_hash: str
    guardian: Consent | None = None
    headquarters: Consent | None = None

    def consented(self, side: Side) -> Consent | None:
        """Return the consent of a side, if it has given it."""
        return self.guardian if side is Side.GUARDIAN else self.headquarters

    def sign(self, side: Side, consent: Consent) -> Self:
        """Record the consent of one side."""
        return self._with(**{side.value: consent})

    @property
    def consents(self) -> tuple[Consent, ...]:
        """The consents that were given so far."""
        return tuple(each for each in (self.guardian, self.headquarters) if each is not None)

    @property
    def signed_at(self) -> datetime | None:
        """Return when the second side consented; None while one is missing."""
        if len(self.consents) < len(Side):
            return None
        return max(each.at for each in self.consents)
