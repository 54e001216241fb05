"""What a volunteer's task is made of."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from shared.domain import CodeEnum
from shared.ids import pattern

TaskId = Annotated[str, Field(pattern=pattern("tsk"))]


class TaskStatus(CodeEnum, of="volunteer_task_status"):
    """How far a task has come."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DONE = "done"
    DECLINED = "declined"
    CANCELLED = "cancelled"

    @property
    def open(self) -> bool:
        """Whether the volunteer still has something to do with it."""
        return self in (TaskStatus.OFFERED, TaskStatus.ACCEPTED)


STEPS: Mapping[TaskStatus, Mapping[str, Any]] = {
    TaskStatus.OFFERED: {
        "accept_task": TaskStatus.ACCEPTED,
        # Who came without an answer has helped all the same.
        "report_task_done": TaskStatus.DONE,
        "decline_task": TaskStatus.DECLINED,
        "cancel_task": TaskStatus.CANCELLED,
    },
    TaskStatus.ACCEPTED: {
        "report_task_done": TaskStatus.DONE,
        "decline_task": TaskStatus.DECLINED,
        "cancel_task": TaskStatus.CANCELLED,
    },
    TaskStatus.DONE: {},
    TaskStatus.DECLINED: {},
    TaskStatus.CANCELLED: {},
}
