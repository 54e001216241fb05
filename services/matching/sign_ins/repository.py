"""Guardians as those who sign in: their people are found by the contact of the application."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar, Self

from services.matching.applications.vault_records import messenger_index, phone_index
from services.matching.guardians.repository import Guardians
from services.matching.policy import POLICY
from services.matching.sign_ins.events import requested
from shared.events.matching_guardians import SignInRequested
from shared.identity.devices import Device
from shared.identity.people_tokens import GUARDIAN
from shared.identity.policy import Policy
from shared.identity.sign_ins import SignIn, over
from shared.privacy.vault import Vault
from shared.reference import regions as reference
from shared.sign_in.commands import RequestCode
from shared.sign_in.people import People, Sought
from shared.storage.rows import Row


class GuardianPeople(People, service="matching"):
    """The contact persons of guardians; of several with one contact, the oldest application's."""

    role: ClassVar[str] = GUARDIAN
    policy: ClassVar[Policy] = POLICY

    def __init__(self, guardians: Guardians, vault: Vault) -> None:
        self._guardians = guardians
        self._vault = vault

    @classmethod
    def of_container(cls) -> Self:
        """Return the guardians in this container's own tables."""
        return cls(Guardians.connect(), Vault.connect())

    def seek(self, body: RequestCode, regions: Sequence[str]) -> Sought:
        """Return the guardian of a contact; an unknown one is counted in the first region."""
        contact = body.index(
            partial(phone_index, vault=self._vault), partial(messenger_index, vault=self._vault)
        )
        found = (
            Sought(contact, each.guardian_id, each.home_region)
            for each in self._guardians.of_contact(contact)
            if each.home_region in regions and not each.decided_against
        )
        return next(found, Sought(contact, None, next(iter(reference.regions()))))

    def region_of(self, person: str) -> str | None:
        """Return the region of a guardian."""
        guardian = self._guardians.find(person)
        return None if guardian is None else guardian.home_region

    def is_signed_in(self, device: Device) -> bool:
        """Return whether a guardian still takes part, by the contact that signed in."""
        guardian = self._guardians.find(device.person)
        if guardian is None or guardian.decided_against:
            return False
        return guardian.signed_out_at is None or device.created_at > guardian.signed_out_at

    def proved(self, sign_in: SignIn, at: datetime) -> Sequence[Row]:
        """Return the guardian as it was read; refuse one that left, or has another contact."""
        guardian = self._guardians.get(sign_in.person or "")
        if guardian.decided_against or guardian.contact_index != sign_in.contact:
            raise over(sign_in.use)
        return [self._guardians.row(guardian)]

    def event_of(self, sign_in: SignIn) -> SignInRequested:
        """Return the event of a code that was asked for."""
        return requested(sign_in)
