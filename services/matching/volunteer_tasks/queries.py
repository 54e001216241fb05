"""What is read of volunteers' tasks."""

from services.matching.policy import POLICY
from services.matching.volunteer_tasks.commands import TaskQuery
from services.matching.volunteer_tasks.domain import VolunteerTask
from services.matching.volunteer_tasks.policy import load_authorised, offered
from services.matching.volunteer_tasks.repository import VolunteerTasks, of_status, part_key
from services.matching.volunteer_tasks.values import TaskId
from services.matching.volunteer_tasks.vault_records import FIELD, RECORD
from services.matching.volunteer_tasks.views import TaskInList, TaskView
from services.matching.volunteers.repository import Volunteers, of_volunteer
from services.matching.volunteers.values import ROLE
from shared import clock
from shared.identity.partitions import Partition, whole_own_list
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page
from shared.storage.rows import Index


def list_tasks(
    query: TaskQuery, caller: Principal, tasks: VolunteerTasks, volunteers: Volunteers
) -> Page[TaskInList]:
    """List a volunteer's own tasks; who coordinates those of a region, all or of one volunteer."""
    own = caller.role == ROLE
    if own:
        whole_own_list(query.region, volunteer_id=query.volunteer_id)
    claimed = Partition.of_person(caller) if own else Partition.of_region(caller, query.region)
    key = POLICY.require_list(caller, "list", "VolunteerTask", claimed)
    any_row = Resource("VolunteerTask", key, region=claimed.region, person=claimed.person)
    may = POLICY.may_take(caller, any_row, {})

    def shown(task: VolunteerTask) -> TaskInList:
        return TaskInList.of(offered(task, may), district_id=task.district)

    parts: list[tuple[Index, str]] = [("by_region", key)]
    if own:
        parts = [("by_owner", of_volunteer(v.volunteer_id)) for v in volunteers.of_account(key)]
    elif query.volunteer_id is not None:
        parts = [("by_programme", part_key(key, query.volunteer_id))]
    return tasks.page_of_each(
        [(*part, shown) for part in parts],
        caller=caller,
        query=query,
        prefix=of_status(query.status),
    )


def view_task(
    task_id: TaskId, caller: Principal, tasks: VolunteerTasks, volunteers: Volunteers, vault: Vault
) -> TaskView:
    """Show a task with its place; the reading is recorded first.

    A volunteer that has given it back needs the place no more.
    """
    task, _ = load_authorised(task_id, "view", caller, tasks, volunteers)
    if not (task.status.open if caller.role == ROLE else task.keeps_place(clock.now())):
        return TaskView.of(task, district_id=task.district, place=None)
    opened = vault.open(task_id, RECORD, (FIELD,), caller, "volunteer_task")
    return TaskView.of(task, district_id=task.district, place=opened[FIELD])
