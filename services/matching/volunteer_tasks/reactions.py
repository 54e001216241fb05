"""Tasks that wait for an answer or a report are announced to the coordinator, each once.

The place of one that was given back is forgotten when no other volunteer is sought any more.
"""

from services.matching.volunteer_tasks.domain import PLACE_FORGOTTEN, UNANSWERED
from services.matching.volunteer_tasks.events import event_fields
from services.matching.volunteer_tasks.repository import VolunteerTasks
from shared import clock
from shared.events.matching_volunteers import VolunteerTaskUnanswered, VolunteerTaskUnreported
from shared.privacy.vault import Vault
from shared.reference import regions
from shared.storage.command_context import CommandContext


def task_due(task_id: str, context: CommandContext, tasks: VolunteerTasks, vault: Vault) -> None:
    """Announce that a task has no answer, or no report, or forget the place of one given back."""
    task = tasks.get(task_id)
    come = task.due(clock.now(), regions.zone(task.region))
    if not come:
        return
    if PLACE_FORGOTTEN in come:
        tasks.save(context, task.announce(*come), writes=vault.erase(task_id))
        return
    late = VolunteerTaskUnanswered if UNANSWERED in come else VolunteerTaskUnreported
    event = late(**event_fields(task), starts_at=task.starts_at)
    tasks.save(context, task.announce(*come), events=[event])


DEADLINES = {"VOLUNTEER_TASK": task_due}
