"""The events of a volunteer's task."""

from services.matching.volunteer_tasks.domain import VolunteerTask


def event_fields(task: VolunteerTask) -> dict[str, str]:
    """Return what every event about a task says."""
    return {
        "region": task.region,
        "task_id": task.task_id,
        "volunteer_id": task.volunteer_id,
        "category": task.category,
        "district_id": task.district,
    }
