"""What is read of volunteers' tasks."""

from services.matching.policy import POLICY, whole_own_list
from services.matching.volunteer_tasks.commands import TaskQuery
from services.matching.volunteer_tasks.policy import load_authorised, offered
from services.matching.volunteer_tasks.repository import VolunteerTasks, of_status
from services.matching.volunteer_tasks.values import TaskId
from services.matching.volunteer_tasks.vault_records import FIELD, RECORD
from services.matching.volunteer_tasks.views import TaskInList, TaskView
from shared.identity.partitions import Partition
from shared.identity.policy import Resource
from shared.principal import Principal
from shared.privacy.vault import Vault
from shared.storage.repository import Page
from shared.storage.rows import Index

VOLUNTEER_ROLE = "volunteer"


def list_tasks(query: TaskQuery, caller: Principal, tasks: VolunteerTasks) -> Page[TaskInList]:
    """List a volunteer's own tasks, or those of the region for who coordinates them."""
    own = caller.role == VOLUNTEER_ROLE
    if own:
        whole_own_list(query.region)
    claimed = Partition.of_person(caller) if own else Partition.of_region(caller, query.region)
    index: Index = "by_owner" if own else "by_region"
    key = POLICY.require_list(caller, "list", "VolunteerTask", claimed)
    any_row = Resource("VolunteerTask", key, region=claimed.region, person=claimed.person)
    may = POLICY.may_take(caller, any_row, {})
    return tasks.page(
        index,
        key,
        lambda task: TaskInList.of(offered(task, may)),
        caller=caller,
        limit=query.limit,
        cursor=query.cursor,
        prefix=of_status(query.status),
    )


def view_task(task_id: TaskId, caller: Principal, tasks: VolunteerTasks, vault: Vault) -> TaskView:
    """Show a task with its place; the reading is recorded first."""
    task = load_authorised(task_id, "view", caller, tasks)
    if not task.status.open:
        return TaskView.of(task, place=None)
    opened = vault.open(task_id, RECORD, (FIELD,), caller, "volunteer_task")
    return TaskView.of(task, place=opened[FIELD])
