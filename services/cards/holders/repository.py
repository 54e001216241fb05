"""HOLDER#<holder id>: a person who has, or will have, a card and left a phone.

UNIQUE#contact|<index>   one holder per phone; found by it when she signs in
"""

from collections.abc import Callable
from dataclasses import dataclass

from services.cards.holders.domain import Holder
from shared import clock, keyring
from shared.errors import IllegalStep, VersionConflict
from shared.identity.devices import Device
from shared.identity.sign_ins import SignIn
from shared.ids import from_bytes
from shared.storage.command_context import Receipt
from shared.storage.repository import Repository
from shared.storage.rows import Row, UniqueName
from shared.storage.store import NameTaken

_CONTACT = "contact|"
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HolderChange:
    """What a commit does to a holder beside its own aggregate."""

    rows: tuple[Row, ...] = ()
    unique: tuple[UniqueName, ...] = ()
    release: tuple[UniqueName, ...] = ()


UNCHANGED = HolderChange()
Save = Callable[[HolderChange], Receipt]


class Holders(Repository[Holder]):
    """All holders who can be reached."""

    model = Holder
    prefix = "HOLDER"

    def find_by_contact(self, contact: str) -> Holder | None:
        """Return the holder of a contact, by as many reads whether there is one or not."""
        name = self.store.item(_contact_name(contact, UNKNOWN).key)
        return self.find(UNKNOWN if name is None else name["held_by"]["S"])

    def save_with_contact(
        self, region: str, file_number: str, contact: str | None, save: Save
    ) -> Receipt:
        """Save something together with the holder's contact, when one is given.

        Most holders are new, so that is tried first and costs no read.
        """
        if contact is None:
            return save(UNCHANGED)
        identifier = holder_id(region, file_number)
        new = Holder(id=identifier, region=region, file_numbers=(file_number,))
        new = new.bind(contact, clock.now())
        try:
            return save(HolderChange((self.row(new),), (_contact_name(contact, identifier),)))
        except NameTaken as taken:
            if _CONTACT not in taken.name:
                raise
            owner = taken.owner
        except VersionConflict:
            owner = None
        return save(self.change(region, file_number, contact, owner))

    def change(
        self, region: str, file_number: str, contact: str | None, owner: str | None = None
    ) -> HolderChange:
        """Return what a contact changes of a holder, who may be known already.

        One who has proved another phone keeps it: raises IllegalStep. A phone that another holder
        has proves that one alone.
        """
        if contact is None:
            return UNCHANGED
        identifier = holder_id(region, file_number)
        old = self.find(identifier)
        known = old or Holder(id=identifier, region=region, file_numbers=(file_number,))
        if known.contact not in (None, contact):
            raise IllegalStep("contact_differs", ("change_contact",))
        owner = owner or self.owner(contact)
        mine = owner in (None, identifier)
        bound = known.bind(contact if mine else None, clock.now())
        return UNCHANGED if bound == old else self.bound(bound, old, owner)

    def bound(self, holder: Holder, before: Holder | None, owner: str | None) -> HolderChange:
        """Return the rows of a holder, and of the names of her contacts, now and before.

        `owner` is who has the name of the present one.
        """
        former = before.contact if before else None
        claimed = holder.contact if holder.contact != former and owner is None else None
        released = former if former != holder.contact else None
        return HolderChange(
            (self.row(holder),),
            (_contact_name(claimed, holder.id),) if claimed else (),
            (_contact_name(released, holder.id),) if released else (),
        )

    def erased(self, region: str, file_number: str) -> HolderChange:
        """Return what makes a holder a stranger: no phone is hers, and she is signed out."""
        old = self.find(holder_id(region, file_number))
        if old is None:
            return UNCHANGED
        return self.bound(old.bind(None, clock.now()).sign_out(clock.wall()), old, None)

    def require_bound(self, sign_in: SignIn) -> None:
        """Refuse a code that went to a phone which is not its person's any more."""
        if self.get(sign_in.person or UNKNOWN).contact != sign_in.contact:
            raise IllegalStep("sign_in_over", ("request_code",))

    def is_signed_in(self, device: Device) -> bool:
        """Return whether a device's person did not sign out everywhere since."""
        holder = self.find(device.person)
        return holder is not None and holder.is_signed_in(device.created_at)

    def owner(self, contact: str) -> str | None:
        """Return whose phone it is."""
        name = self.store.item(_contact_name(contact, UNKNOWN).key)
        return None if name is None else str(name["held_by"]["S"])


def holder_id(region: str, file_number: str) -> str:
    """Return the id of the person of a file number: the same for every card she ever has."""
    digest = keyring.from_env().sign("holder", f"{region}|{file_number}".encode())
    return from_bytes("hld", digest[:16])


def _contact_name(contact: str, owner: str) -> UniqueName:
    return UniqueName(f"{_CONTACT}{contact}", owner)
