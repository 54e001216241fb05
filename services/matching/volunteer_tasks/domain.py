"""A single task of one volunteer."""

from datetime import datetime
from typing import Annotated, ClassVar, Self

from services.matching.volunteer_tasks.values import STEPS, TaskStatus
from shared.domain import CodeOf, StatefulAggregate
from shared.errors import Invalid


class VolunteerTask(StatefulAggregate):
    """A task: what help, when and where; the exact place is in the vault while it is open."""

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "task_is_{status}"

    task_id: str
    volunteer_id: str
    account: str | None = None
    region: str
    district: str
    category: Annotated[str, CodeOf("aid_category")]
    starts_at: datetime
    status: TaskStatus = TaskStatus.OFFERED
    offered_at: datetime
    settled_at: datetime | None = None
    reason: str | None = None

    def accept(self) -> Self:
        """Take the task up."""
        self._require("accept_task")
        return self._with(status=TaskStatus.ACCEPTED)

    def report_done(self, at: datetime) -> Self:
        """Report that the help was given; not before its time."""
        self._require("report_task_done")
        if at < self.starts_at:
            raise self._refusal("task_not_yet")
        return self._with(status=TaskStatus.DONE, settled_at=at)

    def decline(self, reason: str, at: datetime) -> Self:
        """Give the task back."""
        self._require("decline_task")
        return self._with(status=TaskStatus.DECLINED, reason=reason, settled_at=at)

    def cancel(self, reason: str, at: datetime) -> Self:
        """Drop the task: it is not needed any more."""
        self._require("cancel_task")
        return self._with(status=TaskStatus.CANCELLED, reason=reason, settled_at=at)

    def check_time(self, now: datetime) -> None:
        """Refuse a task that is over before it is offered."""
        if self.starts_at <= now:
            raise Invalid("in_the_past", "/starts_at")
