"""What comes in about tasks of volunteers."""

from typing import Annotated

from services.matching.volunteer_tasks.values import TaskStatus
from services.matching.volunteers.values import VolunteerId
from shared.api.models import Command, RegionQuery
from shared.domain import DistrictCode, Moment
from shared.privacy.contact import Line
from shared.reference.code_lists import Listed


class OfferTask(Command):
    """Place, time and kind of a task; `place` says where to come, and nothing of the family."""

    category: Annotated[str, Listed("aid_category")]
    district_id: DistrictCode
    starts_at: Moment
    place: Line


class DropTask(Command):
    """Why the task is given back or not needed."""

    reason: Annotated[str, Listed("task_drop_reason")]


class TaskQuery(RegionQuery):
    """Tasks of a region, there also of one volunteer, or of who asks; in one status or all."""

    status: TaskStatus | None = None
    volunteer_id: VolunteerId | None = None
