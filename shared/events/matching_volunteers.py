"""Events of volunteers, of what is offered for families, and of gifts; matching publishes them."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel

from shared.events.base import Event


class _OfVolunteer(BaseModel, defer_build=True):
    """What every fact about a volunteer says; no event itself."""

    volunteer_id: str
    kind: str
    sector: str
    district_id: str


class VolunteerRegistered(_OfVolunteer, Event):
    """A person or an organisation wants to help and waits for the decision."""


class VolunteerApproved(_OfVolunteer, Event):
    """A volunteer, or an organisation of a sector, belongs to the volunteer network."""


class VolunteerContactChanged(_OfVolunteer, Event):
    """A volunteer is reached by another contact now; the former one gets a message."""

    contact_change_id: str


class VolunteerLeft(_OfVolunteer, Event):
    """A volunteer takes no part any more."""

    reason: str


class _OfTask(BaseModel, defer_build=True):
    """What every fact about a volunteer's task says; no event itself."""

    task_id: str
    volunteer_id: str
    category: str
    district_id: str


class VolunteerTaskOffered(_OfTask, Event):
    """A volunteer was offered a task; one that does not log in (`logs_in`) answers by phone."""

    starts_at: datetime
    logs_in: bool = True


class VolunteerTaskAccepted(_OfTask, Event):
    """A volunteer has taken a task up."""


class VolunteerTaskUnanswered(_OfTask, Event):
    """A task starts soon, and its volunteer has neither taken it up nor given it back."""

    starts_at: datetime


class VolunteerTaskUnreported(_OfTask, Event):
    """A day after a task should have started it is not reported done."""

    starts_at: datetime


class VolunteerTaskDone(_OfTask, Event):
    """A volunteer has given the help of a task."""


class VolunteerTaskDeclined(_OfTask, Event):
    """A volunteer gave a task back."""

    reason: str
    starts_at: datetime | None = None


class VolunteerTaskCancelled(_OfTask, Event):
    """A task is not needed any more."""

    reason: str
    starts_at: datetime


class _OfResource(BaseModel, defer_build=True):
    """What every fact about an offered resource says; no event itself.

    `sector` is where it comes from; a graduate family's gift is `citizens`.
    """

    resource_id: str
    category: str
    sector: str
    district_id: str | None = None


class ResourceOffered(_OfResource, Event):
    """Goods, money or hours are offered for families."""

    quantity: int
    unit: str


class _OfPart(_OfResource, defer_build=True):
    """What every fact about a part of an offer says; no event itself."""

    reservation_id: str
    quantity: int
    case_id: str | None = None


class ResourceReserved(_OfPart, Event):
    """A part of an offer is kept for a need."""


class ResourceGiven(_OfPart, Event):
    """What was kept for a need has reached the family."""


class ResourceReleased(_OfPart, Event):
    """What was kept for a need is not needed after all."""


class ResourceWithdrawn(_OfResource, Event):
    """An offer is taken back, but for what is promised of it already."""


class ReservationUnsettled(_OfPart, Event):
    """For a week a part could be given, and it is neither given nor freed."""

    subject_field: ClassVar[str] = "reservation_id"

    reserved_at: datetime


class GiftOffered(Event):
    """A graduate family wants to give something; the offer itself is a ResourceOffered."""

    gift_id: str
    family_id: str


class GiftWithdrawn(Event):
    """A graduate family has taken its gift back, but for what is `promised` of it already."""

    gift_id: str
    family_id: str
    promised: bool


class GiftSettled(Event):
    """Of a gift nothing is to be collected any more: it was given, or taken back and settled."""

    gift_id: str
    family_id: str
