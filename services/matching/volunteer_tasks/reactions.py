"""Announces tasks that wait for an answer or a report to the coordinator, each once."""

from services.matching.volunteer_tasks.domain import UNANSWERED
from services.matching.volunteer_tasks.events import event_fields
from services.matching.volunteer_tasks.repository import VolunteerTasks
from shared import clock
from shared.events.matching_volunteers import VolunteerTaskUnanswered, VolunteerTaskUnreported
from shared.reference import regions
from shared.storage.command_context import CommandContext


def task_due(task_id: str, context: CommandContext, tasks: VolunteerTasks) -> None:
    """Announce that a task has no answer, or no report, though its time has come."""
    task = tasks.get(task_id)
    come = task.due(clock.now(), regions.zone(task.region))
    if not come:
        return
    late = VolunteerTaskUnanswered if UNANSWERED in come else VolunteerTaskUnreported
    event = late(**event_fields(task), starts_at=task.starts_at)
    tasks.save(context, task.announce(*come), events=[event])


DEADLINES = {"VOLUNTEER_TASK": task_due}
