"""Who is reached by a contact that changes: a guardian's people, or a volunteer."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import NamedTuple, Self

from services.matching.applications.vault_records import phone_index
from services.matching.contact_changes.vault_records import OF_ORGANISATION
from services.matching.guardians.domain import Guardian
from services.matching.guardians.events import event_fields as guardian_fields
from services.matching.guardians.policy import load_authorised as load_authorised_guardian
from services.matching.guardians.repository import Guardians
from services.matching.volunteers.domain import Volunteer
from services.matching.volunteers.events import event_fields as volunteer_fields
from services.matching.volunteers.policy import load_authorised as load_authorised_volunteer
from services.matching.volunteers.recipients import PREFIX as VOLUNTEER
from services.matching.volunteers.repository import Volunteers, person_name
from services.matching.volunteers.vault_records import contact_index, person_index
from shared import clock
from shared.errors import IllegalStep, Invalid
from shared.events.base import Event
from shared.events.matching_guardians import GuardianContactChanged
from shared.events.matching_volunteers import VolunteerContactChanged
from shared.principal import Principal
from shared.privacy.contact import Contact
from shared.privacy.vault import Vault
from shared.storage.rows import Row, UniqueName


class Reached(NamedTuple):
    """An owner with its new contact as it is stored, and the names that it takes and gives back."""

    row: Row
    takes: list[UniqueName]
    gives_back: list[UniqueName]


class Owner(ABC):
    """Who is reached by a contact.

    `contact` is its blind index, `keeps` are the sealed fields that stay when the person changes.
    """

    id: str
    region: str
    version: int
    contact: str
    keeps: tuple[str, ...] = ()

    @abstractmethod
    def require_taking_part(self) -> None:
        """Refuse for who takes no part any more."""

    @abstractmethod
    def index_of(self, contact: Contact, vault: Vault) -> str:
        """Return the blind index of a new contact."""

    @abstractmethod
    def reached_by(self, index: str, contact: Contact, vault: Vault) -> Reached:
        """Return the owner with another contact."""

    @abstractmethod
    def changed(self, change_id: str) -> Event:
        """Return the event of a change that is done."""


class GuardianOwner(Owner):
    """A guardian, whose people sign in by the contact: one phone is one organisation's."""

    keeps = OF_ORGANISATION

    def __init__(self, guardian: Guardian, guardians: Guardians) -> None:
        self._guardian, self._guardians = guardian, guardians
        self.id, self.region = guardian.guardian_id, guardian.home_region
        self.version, self.contact = guardian.version, guardian.contact_index or ""

    def require_taking_part(self) -> None:
        """Refuse for a guardian that was rejected or has left."""
        self._guardian.require_taking_part()

    def index_of(self, contact: Contact, vault: Vault) -> str:
        """Return the blind index of the phone, without which the contact proves no one."""
        if contact.phone is None:
            raise Invalid("phone_missing", "/contact/phone")
        return phone_index(contact.phone, vault)

    def reached_by(self, index: str, contact: Contact, vault: Vault) -> Reached:
        """Return the guardian with a contact by which no other guardian's people sign in."""
        others = (each for each in self._guardians.of_contact(index) if each.guardian_id != self.id)
        if any(not each.decided_against for each in others):
            raise IllegalStep("contact_taken")
        after = self._guardian.change_contact(index, clock.wall())
        return Reached(self._guardians.row(after), [], [])

    def changed(self, change_id: str) -> Event:
        """Return the event of a guardian's change."""
        fields = guardian_fields(self._guardian)
        return GuardianContactChanged(**fields, contact_change_id=change_id)


class VolunteerOwner(Owner):
    """A volunteer, who logs in by an account, if at all; a family may share one telephone."""

    def __init__(self, volunteer: Volunteer, volunteers: Volunteers) -> None:
        self._volunteer, self._volunteers = volunteer, volunteers
        self.id, self.region = volunteer.volunteer_id, volunteer.region
        self.version, self.contact = volunteer.version, volunteer.contact_index or ""

    def require_taking_part(self) -> None:
        """Refuse for a volunteer that has left."""
        self._volunteer.require_taking_part()

    def index_of(self, contact: Contact, vault: Vault) -> str:
        """Return the blind index of the phone, or the address where there is none."""
        return contact_index(contact, vault)

    def reached_by(self, index: str, contact: Contact, vault: Vault) -> Reached:
        """Return the volunteer, known again by its name and the new contact."""
        after = self._volunteer.change_contact(index, person_index(contact, vault))
        row, before = self._volunteers.row(after), person_name(self._volunteer)
        if person_name(after) == before:
            return Reached(row, [], [])
        return Reached(row, [person_name(after)], [before])

    def changed(self, change_id: str) -> Event:
        """Return the event of a volunteer's change."""
        fields = volunteer_fields(self._volunteer)
        return VolunteerContactChanged(**fields, contact_change_id=change_id)


@dataclass(frozen=True, slots=True)
class Owners:
    """All guardians and volunteers, as owners of their contacts."""

    guardians: Guardians
    volunteers: Volunteers

    @classmethod
    def connect(cls) -> Self:
        """Return them over this container's tables."""
        return cls(Guardians.connect(), Volunteers.connect())

    def authorised(self, owner_id: str, action: str, caller: Principal) -> Owner:
        """Return an owner when the caller may do this to it."""
        if owner_id.startswith(VOLUNTEER):
            volunteer = load_authorised_volunteer(owner_id, action, caller, self.volunteers)
            return VolunteerOwner(volunteer, self.volunteers)
        guardian = load_authorised_guardian(owner_id, action, caller, self.guardians)
        return GuardianOwner(guardian, self.guardians)

    def contact_of(self, owner_id: str) -> str | None:
        """Return the blind index of the contact that counts for an owner."""
        if owner_id.startswith(VOLUNTEER):
            return self.volunteers.get(owner_id).contact_index
        return self.guardians.get(owner_id).contact_index
