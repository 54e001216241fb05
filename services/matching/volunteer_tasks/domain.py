"""A single task of one volunteer."""

from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Self
from zoneinfo import ZoneInfo

from services.matching.volunteer_tasks.values import STEPS, TaskStatus
from shared.domain import CodeOf, Deadline, TimedAggregate
from shared.errors import Invalid

A_DAY, A_YEAR = timedelta(days=1), timedelta(days=366)
# The deadlines of a task: no answer though it starts soon, no report though it should be over, and
# the place of one that was given back, for which another volunteer was to be found meanwhile.
UNANSWERED, UNREPORTED = "task_unanswered", "task_unreported"
PLACE_FORGOTTEN = "place_forgotten"


def _answer_due(task: "VolunteerTask", _: ZoneInfo) -> datetime | None:
    """Return a day before the start, or halfway to it when less is left, while no one answers."""
    if task.status is not TaskStatus.OFFERED:
        return None
    halfway = task.offered_at + (task.starts_at - task.offered_at) / 2
    return max(halfway, task.starts_at - A_DAY)


def _report_due(task: "VolunteerTask", _: ZoneInfo) -> datetime | None:
    """Return a day after the start, while the task is taken up and not reported done."""
    return task.starts_at + A_DAY if task.status is TaskStatus.ACCEPTED else None


def _forgetting_due(task: "VolunteerTask", _: ZoneInfo) -> datetime | None:
    """Return when no other volunteer is sought any more for a task that was given back."""
    return task.sought_until if task.status is TaskStatus.DECLINED else None


class VolunteerTask(TimedAggregate):
    """A task: what help, when and where; the exact place is in the vault while it is needed."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "task_is_{status}"
    DEADLINES: ClassVar = (
        Deadline(UNANSWERED, _answer_due),
        Deadline(UNREPORTED, _report_due),
        Deadline(PLACE_FORGOTTEN, _forgetting_due),
    )

    task_id: str
    volunteer_id: str
    region: str
    district: str
    category: Annotated[str, CodeOf("aid_category")]
    starts_at: datetime
    status: TaskStatus = TaskStatus.OFFERED
    offered_at: datetime
    declined_at: datetime | None = None
    reason: str | None = None

    @property
    def sought_until(self) -> datetime:
        """Until when another is looked for who may go there: a day after its time, or its return.

        That a volunteer did not come is often heard only afterwards.
        """
        return max(self.starts_at, self.declined_at or self.starts_at) + A_DAY

    def keeps_place(self, now: datetime) -> bool:
        """Whether its place is known: while it is open, or another volunteer is looked for."""
        given_back = self.status is TaskStatus.DECLINED and now < self.sought_until
        return self.status.open or given_back

    def accept(self) -> Self:
        """Take the task up."""
        self._require("accept_task")
        return self._with(status=TaskStatus.ACCEPTED)

    def report_done(self, at: datetime) -> Self:
        """Report that the help was given; not before its time."""
        self._require("report_task_done")
        if self.early_at(at):
            raise self._refusal("task_not_yet")
        return self._with(status=TaskStatus.DONE)

    def early_at(self, at: datetime) -> bool:
        """Return whether the help cannot have been given by that moment."""
        return at < self.starts_at

    def decline(self, reason: str, at: datetime) -> Self:
        """Give the task back."""
        self._require("decline_task")
        return self._with(status=TaskStatus.DECLINED, reason=reason, declined_at=at)

    def cancel(self, reason: str) -> Self:
        """Drop the task: it is not needed any more."""
        self._require("cancel_task")
        return self._with(status=TaskStatus.CANCELLED, reason=reason)

    def announce(self, *deadlines: str) -> Self:
        """Note that deadlines have come and are announced."""
        return self._fire(*deadlines)

    def check_time(self, now: datetime) -> None:
        """Refuse a task that is over before it is offered, or too far ahead to be planned."""
        if self.starts_at <= now:
            raise Invalid("in_the_past", "/starts_at")
        if self.starts_at > now + A_YEAR:
            raise Invalid("task_too_far_ahead", "/starts_at")
