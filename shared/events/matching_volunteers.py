"""Events of volunteers, of what is offered for families, and of gifts; matching publishes them."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel

from shared.events.base import Event


class VolunteerApproved(Event):
    """A volunteer, or an organisation of a sector, belongs to the volunteer network."""

    service: ClassVar[str] = "matching"
    subject_field: ClassVar[str] = "volunteer_id"

    volunteer_id: str
    kind: str
    sector: str
    district_id: str


class _OfTask(BaseModel, defer_build=True):
    """What every fact about a volunteer's task says; no event itself."""

    service: ClassVar[str] = "matching"
    subject_field: ClassVar[str] = "task_id"

    task_id: str
    volunteer_id: str
    category: str
    district_id: str


class VolunteerTaskOffered(_OfTask, Event):
    """A volunteer was offered a task."""

    starts_at: datetime


class VolunteerTaskDone(_OfTask, Event):
    """A volunteer has given the help of a task."""


class VolunteerTaskDeclined(_OfTask, Event):
    """A volunteer gave a task back."""

    reason: str


class VolunteerTaskCancelled(_OfTask, Event):
    """A task is not needed any more."""

    reason: str
    starts_at: datetime


class _OfResource(BaseModel, defer_build=True):
    """What every fact about an offered resource says; no event itself.

    `sector` is where it comes from; a graduate family's gift is `citizens`.
    """

    service: ClassVar[str] = "matching"
    subject_field: ClassVar[str] = "resource_id"

    resource_id: str
    category: str
    sector: str
    district_id: str | None = None


class ResourceOffered(_OfResource, Event):
    """Goods, money or hours are offered for families."""

    quantity: int
    unit: str


class ResourceReserved(_OfResource, Event):
    """A part of an offer is kept for a need."""

    reservation_id: str
    quantity: int
    case_id: str | None = None


class ResourceGiven(_OfResource, Event):
    """What was kept for a need has reached the family."""

    reservation_id: str
    quantity: int
    case_id: str | None = None


class GiftOffered(Event):
    """A graduate family wants to give something; the offer itself is a ResourceOffered."""

    service: ClassVar[str] = "matching"
    subject_field: ClassVar[str] = "gift_id"

    gift_id: str
    family_id: str
