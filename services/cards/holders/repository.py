"""HOLDER#<holder id>: a person who has, or will have, a card and left a phone.

by_ref   PHONE#<index>   all who gave a phone; a couple may share one
UNIQUE#contact|<index>   one holder per phone, found by it when she signs in; `STOLEN` for a year
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from services.cards.holders import values
from services.cards.holders.domain import Holder
from services.cards.holders.values import UNCHANGED, C, HolderChange, holder_id
from shared import clock
from shared.errors import IllegalStep
from shared.identity.devices import Device
from shared.identity.sign_ins import SignIn, over
from shared.storage.repository import Repository
from shared.storage.rows import Index, Row

_BY_PHONE: Index = "by_ref"
UNKNOWN = "unknown"
MOST = 100  # who share a phone: an office may give its own for whoever has none


class Holders(Repository[Holder]):
    """All holders who can be reached."""

    model = Holder
    prefix = "HOLDER"

    def row(self, aggregate: Holder) -> Row:
        """Return a holder's row, listed by her phone."""
        phone = aggregate.phone or aggregate.contact
        lists = {} if phone is None else {_BY_PHONE: (_phone_key(phone), aggregate.id)}
        return self._row(aggregate, lists=lists)

    def list_by_phone(self, contact: str) -> list[Holder]:
        """Return the holders who gave a phone, and who proves herself by it."""
        found = self.list_all(_BY_PHONE, _phone_key(contact), most=MOST)
        proved = self.find_by_contact(contact)
        known = {each.id for each in found}
        return [*found, proved] if proved is not None and proved.id not in known else found

    def find_by_contact(self, contact: str) -> Holder | None:
        """Return the holder of a contact, by as many reads whether there is one or not."""
        return self.find(self.owner(contact) or UNKNOWN)

    def find_proved(self, contact: str) -> Holder | None:
        """Return the holder that a contact proves; one that was stolen proves no one."""
        holder = self.find_by_contact(contact)
        return None if holder is None or holder.stolen_at else holder

    def first_change(self, region: str, file_number: str, contact: str | None) -> HolderChange[Any]:
        """Return what a contact changes of a holder who is new, as most are: it costs no read."""
        if contact is None:
            return UNCHANGED
        identifier = holder_id(region, file_number)
        new = Holder(id=identifier, region=region, file_numbers=(file_number,))
        new = new.bind(contact, clock.now())
        return HolderChange((self.row(new),), (values.phone_name(contact, identifier),))

    def change(
        self,
        region: str,
        file_number: str,
        contact: str | None,
        living_of: Callable[[Holder], C | None],
    ) -> HolderChange[C]:
        """Return what a contact changes of a holder, who may be known already.

        One who has proved another phone keeps it: raises IllegalStep. A phone that another holder
        has proves that one alone while she has a card (`living_of`), then it proves this one.
        The holder is written also as she was, against two commits that do not know of each other.
        """
        identifier = holder_id(region, file_number)
        old = self.find(identifier)
        known = old or Holder(id=identifier, region=region, file_numbers=(file_number,))
        if known.contact not in (None, contact):
            known.require_contact()
            raise IllegalStep("contact_differs", ("change_contact",))
        if contact is None:
            return UNCHANGED if old is None else HolderChange((self.row(old),))
        owner = self.owner(contact)
        others = None if owner in (None, identifier) else owner
        former = self.find(others) if others else None
        other = living_of(former) if former else None
        if other is not None and other == living_of(known):
            other = None  # the phone of another file of hers
        if others is not None and other is None:
            return self._taken_over(known, contact, others, former)
        bound = known.bind(None if other is not None else contact, clock.now()).give(contact)
        noticed = None if known.shared == contact else other
        return replace(self.bound(bound, old, owner), other=noticed)

    def shared(
        self,
        region: str,
        file_number: str,
        contact: str | None,
        living_of: Callable[[Holder], C | None],
    ) -> HolderChange[C]:
        """Return what makes a phone one that two people use, as a leader knows.

        It proves this one when the other has no card any more.
        """
        holder = self.find(holder_id(region, file_number))
        if contact is None or holder is None or holder.contact is not None:
            return UNCHANGED  # or her contact has changed while her card was held
        change = self.change(region, file_number, contact, living_of)
        if change.other is None:
            return change
        return HolderChange((self.row(holder.share(contact)),))

    def _taken_over(
        self, holder: Holder, contact: str, owner: str, former: Holder | None
    ) -> HolderChange[Any]:
        """Return what gives a phone to its present holder; the one before has no card any more."""
        now = clock.now()
        freed = [former.forget(now).sign_out(clock.wall())] if former else []
        name = values.passed_name(contact, holder.id, owner)
        return HolderChange((*map(self.row, [holder.bind(contact, now), *freed]),), (name,))

    def moved(
        self,
        holder: Holder,
        before: Holder | None,
        living_of: Callable[[Holder], C | None],
        passes_to: Callable[[Holder], C | None],
    ) -> HolderChange[C]:
        """Return what gives a holder a contact; the one before proves who uses it as well.

        Raises IllegalStep for the contact of another person who has a card.
        """
        contact = holder.contact or ""
        owner = self.owner(contact)
        if owner is None or owner == holder.id:
            return self.bound(holder, before, owner, passes_to)
        former = self.find(owner)
        if former is not None and living_of(former) not in (None, living_of(holder)):
            raise IllegalStep("contact_taken")
        taken = self._taken_over(holder, contact, owner, former)
        # With who had the new phone there is no room in a commit for who uses the old one.
        left = self.bound(holder, before, owner)
        return replace(taken, unique=(*taken.unique, *left.unique), release=left.release)

    def robbed(self, identifier: str, *, of_others: bool = False) -> HolderChange[Any]:
        """Return what a stolen phone changes: it proves no one, and who uses it is signed out.

        `of_others`: of a holder who has a new phone, what it changes of who was proved by it.
        """
        at, wall, users = clock.now(), clock.wall(), self.with_phone_of(identifier)
        robbed = (each for each in users if not of_others or each.id != identifier)
        return HolderChange(
            tuple(self.row(each.report_theft(at).sign_out(wall)) for each in robbed)
        )

    def with_phone_of(self, identifier: str) -> list[Holder]:
        """Return a holder, and who is proved by the phone that she uses as well."""
        holder = self.find(identifier)
        shares = holder is not None and holder.contact is None and holder.phone
        owner = self.find_by_contact(shares) if shares else None
        return [each for each in (holder, owner) if each is not None]

    def uses_stolen_phone(self, holder: Holder) -> bool:
        """Return whether a holder is reached by a phone alone that was another's, and stolen."""
        phone = None if holder.contact else holder.phone
        return phone is not None and self.owner(phone) == values.STOLEN

    def released(self, identifier: str, passes_to: Callable[[Holder], Any]) -> HolderChange[Any]:
        """Return what takes a phone from a holder who has no card after all."""
        old = self.find(identifier)
        if old is None or old.contact is None:
            return UNCHANGED
        left = old.bind(None, clock.now()).sign_out(clock.wall())
        return self.bound(left, old, None, passes_to)

    def passed_on(self, identifier: str, passes_to: Callable[[Holder], Any]) -> HolderChange[Any]:
        """Return what gives the phone of who has no card any more to another who uses it."""
        released = self.released(identifier, passes_to)
        return released if len(released.rows) > 1 else UNCHANGED

    def bound(
        self,
        holder: Holder,
        before: Holder | None,
        owner: str | None,
        passes_to: Callable[[Holder], Any] | None = None,
    ) -> HolderChange[Any]:
        """Return the rows of a holder, and of her contacts' names; `owner` has the present one."""
        former = before.contact if before else None
        claimed = holder.contact if holder.contact != former and owner is None else None
        released = former if former != holder.contact else None
        people, unique = [holder], values.phone_names(claimed, holder.id)
        release = values.phone_names(released, holder.id)
        heir = self._heir(before, passes_to) if before and released and passes_to else None
        if heir is not None:  # who is signed in there is signed in as the one before
            people = [holder.sign_out(clock.wall()), heir.bind(released, clock.now())]
            unique.append(values.passed_name(released or "", heir.id, holder.id))
            release = []
        elif before and before.stolen_at and released:  # who uses it as well is told nothing there
            unique.append(values.stolen_name(released, holder.id))
            release = []
        return HolderChange((*map(self.row, people),), tuple(unique), tuple(release))

    def _heir(self, holder: Holder, passes_to: Callable[[Holder], Any]) -> Holder | None:
        """Return another person who uses a holder's phone as well, and is proved by none."""
        if holder.contact is None or holder.stolen_at:
            return None
        own = passes_to(holder)  # by which another file of hers is known
        users = (each for each in self.list_by_phone(holder.contact) if each.contact is None)
        return next((each for each in users if passes_to(each) not in (None, own)), None)

    def erased(
        self, region: str, file_number: str, passes_to: Callable[[Holder], Any]
    ) -> HolderChange[Any]:
        """Return what makes a holder a stranger: no phone is hers, and she is signed out.

        Of a couple with one phone the other signs in by it.
        """
        old = self.find(holder_id(region, file_number))
        if old is None:
            return UNCHANGED
        return self.bound(old.forget(clock.now()).sign_out(clock.wall()), old, None, passes_to)

    def require_bound(self, sign_in: SignIn) -> Holder:
        """Return whose code it is; refuse one that went to a phone which is or was another's."""
        holder = self.get(sign_in.person or UNKNOWN)
        if not holder.is_proved_by(sign_in.contact, sign_in.created_at):
            raise over(sign_in.use)
        return holder

    def is_signed_in(self, device: Device) -> bool:
        """Return whether a device's person did not sign out everywhere since."""
        holder = self.find(device.person)
        return holder is not None and holder.is_signed_in(device.created_at)

    def owner(self, contact: str) -> str | None:
        """Return whose phone it is."""
        name = self.store.item(values.phone_name(contact, UNKNOWN).key)
        return None if name is None else str(name["held_by"]["S"])


def _phone_key(contact: str) -> str:
    return f"PHONE#{contact}"
