"""A volunteer's task as `policy.cedar` sees it."""

from collections.abc import Callable

from services.matching.policy import POLICY
from services.matching.volunteer_tasks.domain import VolunteerTask
from services.matching.volunteer_tasks.repository import VolunteerTasks
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.repository import Volunteers
from shared import clock
from shared.identity.policy import Resource
from shared.principal import Principal


def task_resource(task: VolunteerTask, volunteer: Volunteer) -> Resource:
    """Return a task, which belongs to the region and to the account that its volunteer has now."""
    return Resource(
        type="VolunteerTask",
        id=task.task_id,
        region=task.region,
        person=volunteer.account,
        status=task.status.value,
    )


def load_authorised(
    task_id: str, action: str, principal: Principal, tasks: VolunteerTasks, volunteers: Volunteers
) -> tuple[VolunteerTask, Volunteer]:
    """Return the task, with the caller's own next steps, when the caller may do this to it.

    Its volunteer comes with it.
    """
    task = tasks.get(task_id)
    volunteer = volunteers.get(task.volunteer_id)
    resource = task_resource(task, volunteer)
    POLICY.require(principal, action, resource)
    return offered(task, POLICY.may_take(principal, resource, {})), volunteer


def offered(task: VolunteerTask, may: Callable[[str], bool]) -> VolunteerTask:
    """Return the task with what a caller may do now; it is not done before its time."""
    early = task.early_at(clock.now())
    return task.shown_to(lambda step: not (early and step == "report_task_done") and may(step))
