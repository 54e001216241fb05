"""A volunteer: what it can do, where and when; a person, or an organisation with its people."""

from datetime import datetime
from typing import Annotated, ClassVar, Self

from services.matching.guardians.values import Slot
from services.matching.volunteers.values import STEPS, Sector, VolunteerStatus
from shared.domain import CodeOf, StatefulAggregate


class Volunteer(StatefulAggregate):
    """A volunteer without its contact, which is in the vault until it leaves.

    `account` is the id with which the volunteer logs in, when it has one; `contact_index` is the
    blind index of where it is reached, and `person_index` knows it again by name and contact;
    `open_tasks` counts the tasks that it was offered or has taken up.
    """

    STEPS: ClassVar = STEPS
    REFUSAL: ClassVar = "volunteer_is_{status}"

    volunteer_id: str
    region: str
    district: str
    kind: Annotated[str, CodeOf("volunteer_kind")]
    sector: Sector
    large_family: bool = False
    skills: tuple[Annotated[str, CodeOf("volunteer_skill")], ...]
    availability: tuple[Slot, ...] = ()
    account: str | None = None
    contact_index: str | None = None
    person_index: str | None = None
    status: VolunteerStatus = VolunteerStatus.APPLIED
    applied_at: datetime
    leaving_reason: str | None = None
    open_tasks: int = 0

    def approve(self, account: str | None) -> Self:
        """Take the volunteer into the network; from now on it may be given tasks."""
        self._require("approve")
        return self._with(status=VolunteerStatus.APPROVED, account=account)

    def change_account(self, account: str | None) -> Self:
        """Log in under another account from now on, or under none."""
        self._require("change_account")
        return self._with(account=account)

    def correct(self, kind: str, sector: Sector, *, large_family: bool) -> Self:
        """Replace what was written down of who it is."""
        self._require("correct_volunteer")
        return self._with(kind=kind, sector=sector, large_family=large_family)

    def change_availability(
        self, district: str, skills: tuple[str, ...], availability: tuple[Slot, ...]
    ) -> Self:
        """Replace what the volunteer can do, where and when."""
        self._require("change_availability")
        return self._with(district=district, skills=skills, availability=availability)

    def change_contact(self, contact_index: str, person_index: str) -> Self:
        """Be reached by another contact from now on."""
        self.require_taking_part()
        return self._with(contact_index=contact_index, person_index=person_index)

    def require_taking_part(self) -> None:
        """Refuse what makes no sense for a volunteer that has left."""
        if self.status is VolunteerStatus.LEFT:
            raise self._refusal(self.REFUSAL.format(status=self.status))

    def offer_task(self) -> Self:
        """Count a task that the volunteer is offered."""
        self._require("offer_task")
        return self._with(open_tasks=self.open_tasks + 1)

    def take_up_task(self) -> Self:
        """Be active: the volunteer has taken up a task."""
        self._require("take_up_task")
        return self._with(status=VolunteerStatus.ACTIVE)

    def settle_task(self) -> Self:
        """Count a task as done or dropped."""
        self._require("settle_task")
        return self._with(open_tasks=self.open_tasks - 1)

    def leave(self, reason: str) -> Self:
        """Take no part any more; open tasks are settled first."""
        self._require("leave")
        if self.open_tasks:
            raise self._refusal("volunteer_has_tasks", tasks=self.open_tasks)
        return self._with(
            status=VolunteerStatus.LEFT,
            leaving_reason=reason,
            account=None,
            contact_index=None,
            person_index=None,
        )
