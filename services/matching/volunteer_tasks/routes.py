"""The ways in to volunteers' tasks."""

from services.matching.volunteer_tasks import queries, use_cases
from shared.api.routes import Routes

ONE = "/volunteer-tasks/{task_id}"

routes = Routes()
routes.post(
    "/volunteers/{volunteer_id}/tasks",
    use_cases.offer_task,
    caller="person",
    location="/v1/volunteer-tasks/{id}",
    problems=("volunteer_is_applied",),
)
routes.get("/volunteer-tasks", queries.list_tasks, caller="person")
routes.get(ONE, queries.view_task, caller="person")
routes.post(f"{ONE}/acceptance", use_cases.accept_task, caller="person", status=200)
routes.post(f"{ONE}/done", use_cases.report_task_done, caller="person", status=200)
routes.post(f"{ONE}/decline", use_cases.decline_task, caller="person", status=200)
routes.post(f"{ONE}/cancellation", use_cases.cancel_task, caller="person", status=200)
