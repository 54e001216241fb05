"""What goes out about tasks of volunteers."""

from datetime import datetime

from services.matching.volunteer_tasks.values import TaskStatus
from shared.api.models import View


class TaskInList(View):
    """A task without its exact place."""

    task_id: str
    volunteer_id: str
    category: str
    district_id: str
    starts_at: datetime
    status: TaskStatus
    reason: str | None
    next_steps: tuple[str, ...]
    version: int


class TaskView(TaskInList):
    """A task with its place, while it is open."""

    place: str | None
