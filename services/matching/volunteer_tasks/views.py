"""What goes out about tasks of volunteers."""

from datetime import datetime
from typing import Annotated

from services.matching.codes import StepCode
from services.matching.volunteer_tasks.values import TaskStatus
from shared.api.models import View
from shared.domain import AidCategory, CodeOf


class TaskInList(View):
    """A task without its exact place."""

    task_id: str
    volunteer_id: str
    category: AidCategory
    district_id: str
    starts_at: datetime
    status: TaskStatus
    reason: Annotated[str, CodeOf("task_drop_reason")] | None
    next_steps: tuple[StepCode, ...]
    version: int


class TaskView(TaskInList):
    """A task with its place, while it is open; who coordinates reads that of one given back, too.

    For a day more, after its time or its return: another volunteer may take such a task.
    """

    place: str | None
