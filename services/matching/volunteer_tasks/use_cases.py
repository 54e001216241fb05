"""A coordinator offers a task, and the volunteer takes it up and reports it done, or gives it back.

Who coordinates volunteers may do the volunteer's part too: not everybody logs in.
"""

from services.matching.volunteer_tasks.commands import DropTask, OfferTask
from services.matching.volunteer_tasks.domain import VolunteerTask
from services.matching.volunteer_tasks.events import event_fields
from services.matching.volunteer_tasks.policy import load_authorised
from services.matching.volunteer_tasks.repository import VolunteerTasks
from services.matching.volunteer_tasks.values import TaskId
from services.matching.volunteer_tasks.vault_records import FIELD, RECORD
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.policy import load_authorised as load_authorised_volunteer
from services.matching.volunteers.repository import Volunteers
from services.matching.volunteers.values import VolunteerId
from shared import clock, ids
from shared.events.base import Event
from shared.events.matching_volunteers import (
    VolunteerTaskAccepted,
    VolunteerTaskCancelled,
    VolunteerTaskDeclined,
    VolunteerTaskDone,
    VolunteerTaskOffered,
)
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext, Receipt


def offer_task(
    volunteer_id: VolunteerId,
    body: OfferTask,
    context: CommandContext,
    volunteers: Volunteers,
    tasks: VolunteerTasks,
    vault: Vault,
) -> Receipt:
    """Offer a task to an approved volunteer."""
    volunteer = load_authorised_volunteer(volunteer_id, "offer_task", context.actor, volunteers)
    asked = volunteer.offer_task()
    regions.check_district(volunteer.region, body.district_id, "/district_id")
    now = clock.now()
    task = VolunteerTask(
        task_id=ids.new("tsk"),
        volunteer_id=volunteer_id,
        region=volunteer.region,
        district=body.district_id,
        category=body.category,
        starts_at=body.starts_at,
        offered_at=now,
    )
    task.check_time(now)
    event = VolunteerTaskOffered(
        **event_fields(task),
        starts_at=task.starts_at,
        logs_in=volunteer.account is not None,
    )
    return tasks.save(
        context,
        task,
        volunteers.row(asked),
        events=[event],
        writes=vault.seal(task.task_id, RECORD, {FIELD: body.place}, new_subject=True),
    )


def accept_task(
    task_id: TaskId, context: CommandContext, tasks: VolunteerTasks, volunteers: Volunteers
) -> Receipt:
    """Take a task up."""
    task, volunteer = load_authorised(task_id, "accept_task", context.actor, tasks, volunteers)
    active = volunteer.take_up_task()
    event = VolunteerTaskAccepted(**event_fields(task))
    return tasks.save(context, task.accept(), volunteers.row(active), events=[event])


def report_task_done(
    task_id: TaskId,
    context: CommandContext,
    tasks: VolunteerTasks,
    volunteers: Volunteers,
    vault: Vault,
) -> Receipt:
    """Report that the help of a task was given, by who had answered or not."""
    task, volunteer = load_authorised(task_id, "report_task_done", context.actor, tasks, volunteers)
    done = task.report_done(clock.now())
    event = VolunteerTaskDone(**event_fields(task))
    return _settle(done, volunteer.take_up_task(), event, context, tasks, volunteers, vault)


def decline_task(
    task_id: TaskId,
    body: DropTask,
    context: CommandContext,
    tasks: VolunteerTasks,
    volunteers: Volunteers,
    vault: Vault,
) -> Receipt:
    """Give a task back, without blame; the coordinator reads its place for a day more."""
    context.reason = body.reason
    task, volunteer = load_authorised(task_id, "decline_task", context.actor, tasks, volunteers)
    declined = task.decline(body.reason, clock.now())
    event = VolunteerTaskDeclined(
        **event_fields(task), reason=body.reason, starts_at=task.starts_at
    )
    return _settle(declined, volunteer, event, context, tasks, volunteers, vault)


def cancel_task(
    task_id: TaskId,
    body: DropTask,
    context: CommandContext,
    tasks: VolunteerTasks,
    volunteers: Volunteers,
    vault: Vault,
) -> Receipt:
    """Drop a task that is not needed any more; the volunteer gets a message."""
    context.reason = body.reason
    task, volunteer = load_authorised(task_id, "cancel_task", context.actor, tasks, volunteers)
    cancelled = task.cancel(body.reason)
    event = VolunteerTaskCancelled(
        **event_fields(task), reason=body.reason, starts_at=task.starts_at
    )
    return _settle(cancelled, volunteer, event, context, tasks, volunteers, vault)


def _settle(
    settled: VolunteerTask,
    volunteer: Volunteer,
    event: Event,
    context: CommandContext,
    tasks: VolunteerTasks,
    volunteers: Volunteers,
    vault: Vault,
) -> Receipt:
    """Save a task that is over; its place is forgotten, unless another volunteer is looked for."""
    return tasks.save(
        context,
        settled,
        volunteers.row(volunteer.settle_task()),
        events=[event],
        writes=[] if settled.keeps_place(clock.now()) else vault.erase(settled.task_id),
    )
