"""Where tasks of volunteers are kept: `VOLUNTEER_TASK#<id>`.

by_region: REGION#<region> / VOLUNTEER_TASK#<status>#<starts at>#<id>
by_owner:  VOLUNTEER#<volunteer id> / the same
by_programme: REGION#<region>#<volunteer id> / the same: what a region has of a volunteer
due_at:    when an answer, then a report is overdue; when no other is sought for one given back
"""

from typing import ClassVar

from services.matching.volunteer_tasks.domain import VolunteerTask
from services.matching.volunteer_tasks.values import TaskStatus
from services.matching.volunteers.repository import of_volunteer
from shared import clock
from shared.reference import regions
from shared.storage.list_keys import region_key
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

TASK = "VOLUNTEER_TASK#"


class VolunteerTasks(Repository[VolunteerTask]):
    """The tasks of all volunteers."""

    model: ClassVar[type[VolunteerTask]] = VolunteerTask
    prefix: ClassVar[str] = "VOLUNTEER_TASK"
    id_field: ClassVar[str] = "task_id"

    def row(self, task: VolunteerTask) -> Row:
        """Return a task, in the lists of its region, of its volunteer, and of both."""
        place = f"{of_status(task.status)}{clock.iso(task.starts_at)}#{task.task_id}"
        region = region_key(task.region)
        lists: dict[Index, tuple[str, str]] = {
            "by_region": (region, place),
            "by_programme": (part_key(region, task.volunteer_id), place),
            "by_owner": (of_volunteer(task.volunteer_id), place),
        }
        return self._row(task, lists=lists, due_at=task.next_deadline(regions.zone(task.region)))


def part_key(region: str, volunteer_id: str) -> str:
    """Return what a region has of one volunteer."""
    return f"{region}#{volunteer_id}"


def of_status(status: TaskStatus | None) -> str:
    """Return how the sort keys of a status begin; of all tasks without one."""
    return TASK if status is None else f"{TASK}{status.value}#"
