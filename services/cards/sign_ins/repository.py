"""Holders of cards as people who sign in: found by the phone or messenger that the office knows."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar, Self

from services.cards.holders.repository import UNKNOWN, Holders
from services.cards.holders.vault_records import messenger_index, phone_index
from services.cards.policy import POLICY
from services.cards.sign_ins.events import requested
from shared.events.cards import SignInRequested
from shared.identity.devices import Device
from shared.identity.policy import Policy
from shared.identity.sign_ins import SignIn
from shared.privacy.vault import Vault
from shared.reference import regions as reference
from shared.sign_in.commands import RequestCode
from shared.sign_in.people import People, Sought
from shared.storage.rows import Row


class CardPeople(People, service="cards"):
    """Holders; a couple that shares a phone is one of them, as leaders know."""

    role: ClassVar[str] = "foster_parent"
    policy: ClassVar[Policy] = POLICY

    def __init__(self, holders: Holders, vault: Vault) -> None:
        self._holders = holders
        self._vault = vault

    @classmethod
    def of_container(cls) -> Self:
        """Return the holders in this container's own tables."""
        return cls(Holders.connect(), Vault.connect())

    def seek(self, body: RequestCode, regions: Sequence[str]) -> Sought:
        """Return the holder of a contact; an unknown one is counted in the first region."""
        contact = body.index(
            partial(phone_index, vault=self._vault), partial(messenger_index, vault=self._vault)
        )
        holder = self._holders.find_proved(contact)
        if holder is None or holder.region not in regions:
            return Sought(contact, None, next(iter(reference.regions())))
        return Sought(contact, holder.id, holder.region)

    def region_of(self, person: str) -> str | None:
        """Return the region of a holder."""
        holder = self._holders.find(person or UNKNOWN)
        return None if holder is None else holder.region

    def is_signed_in(self, device: Device) -> bool:
        """Return whether a holder did not sign out everywhere since."""
        return self._holders.is_signed_in(device)

    def event_of(self, sign_in: SignIn) -> SignInRequested:
        """Return the event of a code that was asked for."""
        return requested(sign_in)

    def proved(self, sign_in: SignIn, at: datetime) -> Sequence[Row]:
        """Return the holder as she was read; refuse a code that went to a phone of before."""
        return [self._holders.row(self._holders.require_bound(sign_in))]
