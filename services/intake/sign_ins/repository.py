"""Families as people who sign in: found by any contact that the service keeps of them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar, Self

from services.intake.families.repository import Families
from services.intake.families.vault_records import contact_key, phone_key
from services.intake.policy import POLICY
from services.intake.sign_ins.domain import is_signed_in, prove_contact
from services.intake.sign_ins.events import requested
from shared.events.intake_rights import SignInRequested
from shared.identity.devices import Device
from shared.identity.policy import Policy
from shared.identity.sign_ins import SignIn, over
from shared.privacy.vault import Vault
from shared.reference import regions as reference
from shared.sign_in.commands import RequestCode
from shared.sign_in.people import People, Sought
from shared.sign_in.values import BOT
from shared.storage.rows import Row


class FamilyPeople(People, service="intake"):
    """Families; several may share a contact, and which one it is is asked when it is proved.

    A contact is looked for in one read, whatever the number of regions, known or not.
    """

    role: ClassVar[str] = "family"
    policy: ClassVar[Policy] = POLICY

    def __init__(self, families: Families, vault: Vault) -> None:
        self._families = families
        self._vault = vault

    @classmethod
    def of_container(cls) -> Self:
        """Return the families in this container's own tables."""
        return cls(Families.connect(), Vault.connect())

    def seek(self, body: RequestCode, regions: Sequence[str]) -> Sought:
        """Return the first family that has a contact; an unknown one counts in the first region."""
        contact = body.index(
            partial(phone_key, vault=self._vault), partial(contact_key, BOT, vault=self._vault)
        )
        found = (
            Sought(contact, holder.family_id, holder.region)
            for holder in self._families.holders(contact).anywhere
            if holder.region in regions
        )
        return next(found, Sought(contact, None, next(iter(reference.regions()))))

    def sharers(self, contact: str, reaches: Callable[[str], bool]) -> list[str]:
        """Return the families of the regions that are reached which have a contact."""
        holders = self._families.holders(contact).anywhere
        families = (self._families.get(each.family_id) for each in holders if reaches(each.region))
        return list(dict.fromkeys(each.family_id for each in families if not each.erased))

    def family_of(self, record_id: str | None) -> str | None:
        """Return the family that a record is of; another one may speak for it."""
        family = None if record_id is None else self._families.known(record_id)
        return None if family is None else family.family_id

    def region_of(self, person: str) -> str | None:
        """Return the region of a family."""
        family = self._families.find(person)
        return None if family is None else family.region

    def records_of(self, person: str) -> Sequence[str]:
        """Return the records of a family, whichever of them signed in."""
        family = self._families.known(person)
        return (person,) if family is None else family.record_ids

    def is_signed_in(self, device: Device) -> bool:
        """Return whether a family did not sign out everywhere since."""
        family = self._families.known(device.person)
        return family is not None and is_signed_in(family, device.person, device.created_at)

    def event_of(self, sign_in: SignIn) -> SignInRequested:
        """Return the event of a code that was asked for."""
        return requested(sign_in)

    def proved(self, sign_in: SignIn, at: datetime) -> Sequence[Row]:
        """Return the family as it was read, and its records whose contact was not proved before.

        Refuses a code that went to a contact which is not the family's any more.
        """
        family = self._families.get(sign_in.person or "")
        if sign_in.contact not in (each.index for each in family.all_contacts):
            raise over(sign_in.use)
        proved = [(each, prove_contact(each, sign_in.contact, at)) for each in family.records]
        return [self._families.row(now) for was, now in proved if now is not was or was is family]
