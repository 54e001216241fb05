"""When a guardian in care is reminded to report how the help goes."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from services.notifications.reminders.values import CareStatus
from shared.domain import StatefulAggregate

EVERY = timedelta(days=30)


class StoryReminder(StatefulAggregate):
    """The thirty days of one guardian helping one family; events may come in any order."""

    # A step that is not allowed changes nothing: a late event is no error.
    STEPS: ClassVar = {
        CareStatus.ACTIVE: {"restart": None, "remind": None, "end": CareStatus.ENDED},
        CareStatus.ENDED: {},
    }

    match_id: str
    guardian_id: str
    region: str
    status: CareStatus
    due_at: datetime | None = None
    counted_from: datetime | None = None
    ended_at: datetime | None = None

    @classmethod
    def for_match(cls, match_id: str, guardian_id: str, region: str) -> Self:
        """Return a reminder whose thirty days have not begun."""
        return cls(
            match_id=match_id, guardian_id=guardian_id, region=region, status=CareStatus.ACTIVE
        )

    def restart(self, at: datetime) -> Self:
        """Count thirty days from the start of care or a story, unless a later one is known."""
        if "restart" not in self.next_steps or (self.counted_from and self.counted_from >= at):
            return self
        return self._with(counted_from=at, due_at=at + EVERY)

    def end(self, at: datetime) -> Self:
        """Stop reminding when the care is over."""
        return self._with(status=CareStatus.ENDED, due_at=None, ended_at=at)

    def is_due(self, now: datetime) -> bool:
        """Return whether thirty days have passed without a story."""
        return self.due_at is not None and now >= self.due_at

    def remind(self, now: datetime) -> Self:
        """Begin the next thirty days when the guardian is reminded."""
        due = self.due_at or now
        while due <= now:
            due += EVERY
        return self._with(due_at=due)
