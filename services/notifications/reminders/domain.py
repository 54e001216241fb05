"""When a guardian in care is reminded to tell how the help goes."""

from datetime import datetime, timedelta
from typing import Self

from pydantic import BaseModel

from shared.domain import CodeEnum

EVERY = timedelta(days=30)


class Status(CodeEnum, of="story_reminder_status"):
    """Whether the care goes on."""

    ACTIVE = "active"
    ENDED = "ended"


class StoryReminder(BaseModel, frozen=True):
    """The thirty days of one guardian helping one family; events may come in any order."""

    match_id: str
    guardian_id: str
    region: str
    status: Status
    due_at: datetime | None = None
    last_told_at: datetime | None = None
    version: int = 0

    @classmethod
    def for_match(cls, match_id: str, guardian_id: str, region: str) -> Self:
        """A reminder that nothing has started yet."""
        return cls(match_id=match_id, guardian_id=guardian_id, region=region, status=Status.ACTIVE)

    def told(self, at: datetime) -> Self:
        """Care began or a story came: thirty days from then, unless a later one is known."""
        if self.status is Status.ENDED or (self.last_told_at and self.last_told_at >= at):
            return self
        return self.model_copy(update={"last_told_at": at, "due_at": at + EVERY})

    def ended(self) -> Self:
        """Care is over: no reminder comes any more."""
        return self.model_copy(update={"status": Status.ENDED, "due_at": None})

    def is_due(self, now: datetime) -> bool:
        """Whether thirty days have passed without a word."""
        return self.due_at is not None and now >= self.due_at

    def reminded(self, now: datetime) -> Self:
        """The guardian is being reminded; the next thirty days begin."""
        due = self.due_at or now
        while due <= now:
            due += EVERY
        return self.model_copy(update={"due_at": due})
